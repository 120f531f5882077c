/** Why no stream can have this name, in words that follow it; undefined when one can. A store may refuse further names (stream-store§1). */
export function streamNameFault(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '*') return '* is reserved';
  return name.includes('+') || name.includes('/') ? 'it holds + or /' : undefined;
}
