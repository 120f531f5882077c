/** Names as one value of an address: `a,b`. A comma within a name is written `\,`. */
export function joinNames(names: readonly string[]): string {
  return names.map((name) => name.replace(/[\\,]/g, '\\$&')).join(',');
}

/** The names in such a value, each once. */
export function splitNames(text: string | null): string[] {
  const names: string[] = [];
  for (const [part] of (text ?? '').matchAll(/(?:\\.|[^\\,])+/gs)) names.push(part.replace(/\\(.)/gs, '$1'));
  return [...new Set(names)];
}
