/** What an entry seems to be, by its bytes. */
export type Content =
  | { readonly kind: 'json'; readonly text: string; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'picture'; readonly type: string }
  | { readonly kind: 'binary' };

/** More than a browser shows in one piece. */
const LONGEST_TEXT = 4_000_000;

const PICTURES: readonly (readonly [type: string, start: readonly number[], at?: number])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
];

/** Looks at bytes: a picture by its first ones, JSON and text by all of them. */
export function contentOf(data: Uint8Array): Content {
  const picture = PICTURES.find(([, start, at = 0]) => start.every((byte, index) => data[at + index] === byte));
  if (picture) return { kind: 'picture', type: picture[0] };
  const text = textOfBytes(data);
  if (text === undefined) return { kind: 'binary' };
  const value = jsonOf(text);
  return value ? { kind: 'json', text, value: value.value } : { kind: 'text', text };
}

/** Bytes as text; undefined where they are not UTF-8, hold signs that control devices, or are too many. */
export function textOfBytes(data: Uint8Array): string | undefined {
  if (data.length > LONGEST_TEXT) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    // Not UTF-8.
    return undefined;
  }
}

// eslint-disable-next-line no-control-regex -- these tell text from other bytes
const CONTROL = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/;

/** The value of a text that is an object or a list of JSON; a plain number or word is text as well. */
export function jsonOf(text: string): { readonly value: unknown } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // It only begins like JSON.
    return undefined;
  }
}

/** Bytes that a preview is made of. */
const PREVIEW = 240;

/** The beginning of an entry in one line. */
export function previewOf(data: Uint8Array): string {
  if (data.length === 0) return '(empty)';
  const start = data.subarray(0, PREVIEW);
  const text = new TextDecoder().decode(start);
  // A letter that is cut at the end counts as one that cannot be read.
  if (!CONTROL.test(text) && !text.slice(0, -1).includes('\ufffd')) return text.replace(/\s+/g, ' ');
  return Array.from(data.subarray(0, 32), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

const ENDINGS: Readonly<Record<string, string>> = { json: 'json', text: 'txt', binary: 'bin' };

/** The ending of a file with such content. */
export function endingOf(content: Content): string {
  return content.kind === 'picture'
    ? content.type.replace('image/', '').replace('jpeg', 'jpg')
    : ENDINGS[content.kind]!;
}
