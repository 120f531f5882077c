import { exactId, type RpcId } from '../api/rpc-id.js';

/** The text of one message, from which the exact digits of an id are read when `JSON.parse` altered them. */
export class MessageSource {
  private starts: number[] | undefined;

  constructor(readonly text: string) {}

  /** The id of a request; `entry` is its place in a batch, -1 outside. */
  id(entry: number): RpcId | undefined {
    return this.read(memberStart(this.text, this.requestStart(entry), 'id'));
  }

  /** The number `params.id` of a request. */
  paramsId(entry: number): RpcId | undefined {
    const params = memberStart(this.text, this.requestStart(entry), 'params');
    return params === undefined ? undefined : this.read(memberStart(this.text, params, 'id'));
  }

  private requestStart(entry: number): number {
    if (entry < 0) return 0;
    this.starts ??= elementStarts(this.text);
    return this.starts[entry] ?? 0;
  }

  private read(start: number | undefined): RpcId | undefined {
    return start === undefined ? undefined : exactId(scalarText(this.text, start));
  }
}

/**
 * Finds where a value stands in a JSON text that is known to be valid. `JSON.parse` alters numbers beyond 2^53; their
 * digits have to be read from the text. Every function is linear in the length of what it passes over.
 */

/** Where the elements of the top-level array begin. */
function elementStarts(text: string): number[] {
  const starts: number[] = [];
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (at < text.length && text[at] !== ']') {
    starts.push(at);
    at = skipSpace(text, skipValue(text, at));
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return starts;
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

/** The text of the number, literal or string that begins at a place. */
function scalarText(text: string, start: number): string {
  return text.slice(start, skipValue(text, start));
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
