/**
 * The text of a value within JSON as it stands there: numbers, escapes and keys as they were written, which `JSON.parse`
 * alters. Takes time in proportion to the length of what it passes over.
 *
 * @param text valid JSON
 * @param path names of members of objects, and places in a list
 * @returns undefined when there is no such value
 */
export function jsonAt(text: string, path: readonly (string | number)[]): string | undefined {
  let at: number | undefined = skipSpace(text, 0);
  for (const step of path) {
    if (at === undefined) return undefined;
    at = typeof step === 'string' ? memberStart(text, at, step) : elementStart(text, at, step);
  }
  return at === undefined ? undefined : text.slice(at, skipValue(text, at));
}

/** Where an element of a list begins. */
function elementStart(text: string, listStart: number, place: number): number | undefined {
  if (text[listStart] !== '[') return undefined;
  let at = skipSpace(text, listStart + 1);
  for (let passed = 0; passed < place && text[at] !== ']'; passed += 1) {
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return text[at] === ']' ? undefined : at;
}

/** Where the value of an object's member begins; the last one of several, as `JSON.parse` has it. */
function memberStart(text: string, objectStart: number, name: string): number | undefined {
  if (text[objectStart] !== '{') return undefined;
  let found: number | undefined;
  let at = skipSpace(text, objectStart + 1);
  while (at < text.length && text[at] !== '}') {
    const keyEnd = skipString(text, at);
    const key: unknown = JSON.parse(text.slice(at, keyEnd));
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    if (key === name) found = valueStart;
    at = skipSpace(text, skipValue(text, valueStart));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return at;
}

function skipString(text: string, start: number): number {
  let at = start + 1;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) break;
  }
  return at + 1;
}

function skipValue(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return skipString(text, start);
  let at = start;
  if (first !== '{' && first !== '[') {
    while (at < text.length && !',]} \n\r\t'.includes(text.charAt(at))) at += 1;
    return at;
  }
  let depth = 0;
  do {
    const char = text[at];
    if (char === '"') {
      at = skipString(text, at);
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    at += 1;
  } while (depth > 0 && at < text.length);
  return at;
}
