/**
 * JSON text (RFC 8259) without a leading byte order mark and without the white space outside of its strings; undefined for
 * anything that `JSON.parse` would refuse. Nothing else changes: numbers, escapes, repeated keys and their order stay as they
 * are. Nesting of any depth is read, since nothing here calls itself.
 *
 * @param data UTF-8; that the bytes of its strings are, is for the caller to see
 * @returns a view of `data` where there is nothing to leave out
 */
export function compactJson(data: Uint8Array): Uint8Array | undefined {
  const start = data[0] === 0xef && data[1] === 0xbb && data[2] === 0xbf ? 3 : 0;
  const spaces = countSpaces(data, start);
  if (spaces === INVALID) return undefined;
  return spaces === 0 ? data.subarray(start) : withoutSpaces(data, start, data.length - start - spaces);
}

const INVALID = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** What may come next; `NEW` is right behind the opening bracket, where the closing one may come as well. */
const VALUE = 0;
const NEW_VALUE = 1;
const KEY = 2;
const NEW_KEY = 3;
/** Behind a value: a comma, or the end of what holds it. */
const BEHIND = 4;

/** Bytes of white space outside of strings, or {@link INVALID} where the bytes are not JSON. */
function countSpaces(data: Uint8Array, start: number): number {
  const open = new Containers();
  let due: number = VALUE;
  let spaces = 0;
  let at = start;
  for (;;) {
    const token = skipSpaces(data, at);
    spaces += token - at;
    at = token;
    if (at >= data.length) return due === BEHIND && open.none ? spaces : INVALID;
    const byte = data[at] as number;
    if (due === BEHIND) {
      if (open.none) return INVALID;
      if (byte === COMMA) due = open.inObject ? KEY : VALUE;
      else if (byte === (open.inObject ? CLOSE_OBJECT : CLOSE_LIST)) open.leave();
      else return INVALID;
      at += 1;
    } else if (due === KEY || due === NEW_KEY) {
      if (byte === QUOTE) {
        const colon = skipSpaces(data, (at = stringEnd(data, at + 1)));
        if (at === INVALID || data[colon] !== COLON) return INVALID;
        spaces += colon - at;
        at = colon + 1;
        due = VALUE;
      } else if (byte === CLOSE_OBJECT && due === NEW_KEY) {
        open.leave();
        at += 1;
        due = BEHIND;
      } else return INVALID;
    } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      open.enter(byte === OPEN_OBJECT);
      at += 1;
      due = byte === OPEN_OBJECT ? NEW_KEY : NEW_VALUE;
    } else if (byte === CLOSE_LIST && due === NEW_VALUE) {
      open.leave();
      at += 1;
      due = BEHIND;
    } else {
      at = scalarEnd(data, at, byte);
      if (at === INVALID) return INVALID;
      due = BEHIND;
    }
  }
}

/** The objects and lists around a place, a byte each: a call for each would overflow the stack. */
class Containers {
  private kinds = new Uint8Array(64);
  private depth = 0;
  /** Whether the innermost is an object. */
  inObject = false;

  get none(): boolean {
    return this.depth === 0;
  }

  enter(isObject: boolean): void {
    if (this.depth === this.kinds.length) {
      const larger = new Uint8Array(this.depth * 2);
      larger.set(this.kinds);
      this.kinds = larger;
    }
    this.kinds[this.depth] = isObject ? 1 : 0;
    this.depth += 1;
    this.inObject = isObject;
  }

  leave(): void {
    this.depth -= 1;
    this.inObject = this.depth > 0 && this.kinds[this.depth - 1] === 1;
  }
}

function skipSpaces(data: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(data[at] as number)) at += 1;
  return at;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Behind a string, number or word. */
function scalarEnd(data: Uint8Array, at: number, byte: number): number {
  if (byte === QUOTE) return stringEnd(data, at + 1);
  if (byte === MINUS || isDigit(byte)) return numberEnd(data, at);
  return wordEnd(data, at, byte);
}

/** Behind the closing quote of a string that begins at a place, its opening quote not counted. */
function stringEnd(data: Uint8Array, start: number): number {
  for (let at = start; at < data.length; at += 1) {
    const byte = data[at] as number;
    if (byte === QUOTE) return at + 1;
    if (byte < 0x20) return INVALID;
    if (byte === BACKSLASH) {
      at = escapeEnd(data, at + 1);
      if (at === INVALID) return INVALID;
    }
  }
  return INVALID;
}

/** Bytes that may follow a backslash: `"\/bfnrt`. */
const ESCAPES = new Set([QUOTE, BACKSLASH, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74]);
const UNICODE_ESCAPE = 0x75;

/** The last byte of an escape, of which a place is the first byte behind the backslash. */
function escapeEnd(data: Uint8Array, at: number): number {
  const byte = data[at] as number;
  if (ESCAPES.has(byte)) return at;
  if (byte !== UNICODE_ESCAPE) return INVALID;
  for (let digit = 1; digit <= 4; digit += 1) if (!isHexDigit(data[at + digit] as number)) return INVALID;
  return at + 4;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function numberEnd(data: Uint8Array, start: number): number {
  let at = data[start] === MINUS ? start + 1 : start;
  at = data[at] === ZERO ? at + 1 : digitsEnd(data, at);
  if (at !== INVALID && data[at] === POINT) at = digitsEnd(data, at + 1);
  if (at === INVALID || ((data[at] as number) | 0x20) !== 0x65) return at;
  const sign = data[at + 1];
  return digitsEnd(data, sign === MINUS || sign === 0x2b ? at + 2 : at + 1);
}

/** Behind one digit or more. */
function digitsEnd(data: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(data[at] as number)) at += 1;
  return at > start ? at : INVALID;
}

const WORDS = ['true', 'false', 'null'].map((word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0)));

function wordEnd(data: Uint8Array, at: number, first: number): number {
  const word = WORDS.find(([letter]) => letter === first);
  return word?.every((letter, index) => data[at + index] === letter) ? at + word.length : INVALID;
}

/** @param length what is left in bytes */
function withoutSpaces(data: Uint8Array, start: number, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let used = 0;
  let inString = false;
  for (let at = start; at < data.length; at += 1) {
    const byte = data[at] as number;
    if (!inString && isSpace(byte)) continue;
    out[used++] = byte;
    if (byte === QUOTE) inString = !inString;
    else if (byte === BACKSLASH) out[used++] = data[++at] as number;
  }
  return out;
}
