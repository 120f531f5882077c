/** Why no stream can have this name, in words that follow it; undefined when one can. A store may refuse further names (stream-store§1). */
export function streamNameFault(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name === '*') return '* is reserved';
  // Clients and proxies take them out of a path, percent-encoded too.
  if (name === '.' || name === '..') return 'no URL reaches it';
  return name.includes('+') || name.includes('/') ? 'it holds + or /' : undefined;
}
