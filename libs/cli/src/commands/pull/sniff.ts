const PICTURES: readonly (readonly [extension: string, at: number, bytes: readonly number[]])[] = [
  ['jpg', 0, [0xff, 0xd8, 0xff]],
  ['png', 0, [0x89, 0x50, 0x4e, 0x47]],
  ['gif', 0, [0x47, 0x49, 0x46, 0x38]],
  ['webp', 8, [0x57, 0x45, 0x42, 0x50]],
  ['avif', 4, [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66]],
];

/** More is not looked at as JSON. */
const MAX_JSON = 1024 * 1024;

/** The extension that fits some bytes: that of a picture, `json`, `txt`, or `bin`. */
export function sniff(data: Uint8Array): string {
  const picture = PICTURES.find(([, at, bytes]) => bytes.every((byte, index) => data[at + index] === byte));
  if (picture) return picture[0];
  const text = textOf(data);
  if (text === undefined) return 'bin';
  return /^\s*[[{]/.test(text) && data.length <= MAX_JSON && isJson(text) ? 'json' : 'txt';
}

function textOf(data: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(data);
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    // Not UTF-8: not text.
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
