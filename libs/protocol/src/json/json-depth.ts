/**
 * How deep JSON may be nested where nothing else is said. `JSON.parse` reads any depth, in a time that grows faster than the text,
 * but `JSON.stringify` and whatever walks through a value overflow the stack at a few thousand levels, and other languages give
 * up at 1000.
 */
export const MAX_JSON_DEPTH = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether JSON text is nested deeper than a limit. Ask before parsing: nothing is built, and the look ends at the limit. Of text
 * that is not JSON the answer means nothing, but it comes as fast.
 */
export function isNestedDeeper(text: string, limit = MAX_JSON_DEPTH): boolean {
  // Each level takes two characters, and a text that lacks the second is not JSON.
  if (text.length <= 2 * limit) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = closingQuote(text, at);
      if (at < 0) return false;
    } else if ((code & 0xdf) === 0x5b) {
      // `[` and `{` differ in one bit, and so do `]` and `}`.
      depth += 1;
      if (depth > limit) return true;
    } else if ((code & 0xdf) === 0x5d) depth -= 1;
  }
  return false;
}

/** The place of the quote that ends a string; -1 where none does. */
function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at;
  }
  return -1;
}
