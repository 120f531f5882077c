import type { RpcAnswer } from '@millrace/client/browser';

/** What pictures begin with, of those that every browser shows. */
const BEGINNINGS: readonly (readonly [type: string, bytes: readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];
const RIFF = [0x52, 0x49, 0x46, 0x46];
const WEBP = [0x57, 0x45, 0x42, 0x50];

/** The picture in the bytes of a reply: by what they begin with, whatever the result says of them. */
export function pictureOf({ result, binary }: RpcAnswer): { type: string; bytes: Uint8Array } | undefined {
  const place = (result as { color_buffer?: { offset?: unknown; size?: unknown } } | null)?.color_buffer;
  const { offset, size } = place ?? {};
  const bytes =
    typeof offset === 'number' && typeof size === 'number' ? binary.subarray(offset, offset + size) : binary;
  const begins = (what: readonly number[], at = 0): boolean => what.every((byte, index) => bytes[at + index] === byte);
  if (begins(RIFF) && begins(WEBP, 8)) return { type: 'image/webp', bytes };
  const [type] = BEGINNINGS.find(([, beginning]) => begins(beginning)) ?? [];
  return type === undefined ? undefined : { type, bytes };
}
