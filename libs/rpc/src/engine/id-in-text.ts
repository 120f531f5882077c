import { exactId, type RpcId } from '../api/rpc-id.js';

/**
 * Reads an id out of the text of a message, since `JSON.parse` alters numbers beyond 2^53. Takes time in proportion to the
 * length of what it passes over.
 *
 * @param text valid JSON
 * @param entry place of the request in a batch, -1 outside
 * @param path names of members: `'id'` of the request itself, `'params', 'id'` of the one that it is about
 */
export function idInText(text: string, entry: number, ...path: readonly string[]): RpcId | undefined {
  let at: number | undefined = entry < 0 ? 0 : elementStart(text, entry);
  for (const name of path) at = at === undefined ? undefined : memberStart(text, at, name);
  return at === undefined ? undefined : exactId(text.slice(at, skipValue(text, at)));
}

/** Where an element of the top-level array begins. */
function elementStart(text: string, entry: number): number {
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  for (let passed = 0; passed < entry; passed += 1) at = skipSpace(text, skipSpace(text, skipValue(text, at)) + 1);
  return at;
}

/** Where the value of an object's member begins; the last one of several, as `JSON.parse` has it. */
function memberStart(text: string, objectStart: number, name: string): number | undefined {
  let at = skipSpace(text, objectStart);
  if (text[at] !== '{') return undefined;
  let found: number | undefined;
  at = skipSpace(text, at + 1);
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
