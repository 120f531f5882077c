import { type PatternSource, escaped } from './pattern-source.js';
import { rangeSize, UNICODE_CLASS_SIZE } from './program-size.js';

/** Python's classes of characters cover all of Unicode; RE2's only ASCII, so they are spelled out. */
const SETS: Readonly<Record<string, string>> = {
  d: String.raw`\p{Nd}`,
  w: String.raw`\p{L}\p{N}_`,
  s: String.raw`\x09-\x0d\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}`,
};

const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** What a backslash makes of the character behind it. */
export type Escape =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'set'; readonly inside: string; readonly negated: boolean }
  | { readonly kind: 'anchor'; readonly text: string };

/** Reads an escape, of which the backslash is read already. */
export function readEscape(source: PatternSource, insideSet: boolean): Escape {
  if (source.ended) source.refuse('it ends with a backslash; write \\\\ for a backslash itself');
  const hex = source.takeMatch(/^(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/);
  if (hex) return codePoint(source, parseInt(hex[1] ?? hex[2] ?? hex[3] ?? '', 16));
  const octal = source.takeMatch(insideSet ? /^(?:[0-3][0-7]{2}|[0-7]{1,2})/ : /^(?:0[0-7]{0,2}|[1-3][0-7]{2})/);
  if (octal) return codePoint(source, parseInt(octal[0], 8));
  const letter = source.next();
  if (/[1-9]/.test(letter)) source.refuse('back-references are not supported; repeat the text itself');
  const set = SETS[letter.toLowerCase()];
  if (set) return { kind: 'set', inside: set, negated: letter !== letter.toLowerCase() };
  if (CONTROLS[letter]) return { kind: 'character', character: CONTROLS[letter] };
  if (insideSet && letter === 'b') return { kind: 'character', character: '\b' };
  if (!insideSet && letter === 'A') return { kind: 'anchor', text: String.raw`\A` };
  if (!insideSet && letter === 'Z') return { kind: 'anchor', text: String.raw`\z` };
  if (letter === 'b' || letter === 'B')
    source.refuse(
      `\\${letter} means something else in Python outside ASCII; write the characters at the border instead`,
    );
  if (/[A-Za-z0-9]/.test(letter)) source.refuse(`\\${letter} has no meaning in Python; leave the backslash out`);
  return { kind: 'character', character: letter };
}

/** An escape as RE2 takes it outside of brackets, and what it costs in a compiled pattern, in instructions. */
export function translateEscape(escape: Escape): { readonly text: string; readonly size: number } {
  if (escape.kind === 'set')
    return { text: `[${escape.negated ? '^' : ''}${escape.inside}]`, size: UNICODE_CLASS_SIZE };
  return { text: escape.kind === 'character' ? escaped(escape.character) : escape.text, size: 1 };
}

function codePoint(source: PatternSource, value: number): Escape {
  if (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    source.refuse('it names a character that does not exist; code points go up to 10FFFF');
  return { kind: 'character', character: String.fromCodePoint(value) };
}

/** Reads a set in brackets, of which the opening one is read already; answers it in RE2's syntax, and what it costs. */
export function readSet(source: PatternSource, foldsCase: boolean): { readonly text: string; readonly size: number } {
  let size = 1;
  const negated = source.take('^');
  const parts: string[] = [];
  for (let first = true; first || source.peek() !== ']'; first = false) {
    if (source.ended) source.refuse('a set that begins with [ has no closing ]');
    if (source.peek() === '[' && /[:.=]/.test(source.peek(1)))
      source.refuse('[:, [. and [= within a set are not supported; write \\[ for the bracket itself');
    const low = readMember(source);
    if (source.peek() !== '-' || source.peek(1) === ']' || source.peek(1) === '') {
      parts.push(typeof low === 'string' ? escaped(low) : low.set);
      if (typeof low !== 'string') size += UNICODE_CLASS_SIZE;
      continue;
    }
    source.next();
    const high = readMember(source);
    if (typeof low !== 'string' || typeof high !== 'string')
      source.refuse('a range in a set must have one character at either end');
    const [from, to] = [low.codePointAt(0) ?? 0, high.codePointAt(0) ?? 0];
    if (from > to) source.refuse(`the range ${low}-${high} has its ends swapped; write ${high}-${low}`);
    size += rangeSize(from, to, foldsCase);
    parts.push(`${escaped(low)}-${escaped(high)}`);
  }
  source.next();
  return { text: `[${negated ? '^' : ''}${parts.join('')}]`, size };
}

function readMember(source: PatternSource): string | { readonly set: string } {
  const character = source.next();
  if (character !== '\\') return character;
  const escape = readEscape(source, true);
  if (escape.kind === 'character') return escape.character;
  if (escape.kind === 'set' && !escape.negated) return { set: escape.inside };
  if (escape.kind === 'set' && escape.inside === String.raw`\p{Nd}`) return { set: String.raw`\P{Nd}` };
  return source.refuse(String.raw`\W and \S within brackets are not supported; negate the whole set instead`);
}
