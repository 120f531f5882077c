import { type PatternSource, quoted } from './pattern-source.js';
import { rangeSize, UNICODE_CLASS_SIZE } from './program-size.js';
import { readEscape } from './python-escape.js';

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
      parts.push(typeof low === 'string' ? quoted(low) : low.set);
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
    parts.push(`${quoted(low)}-${quoted(high)}`);
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
