import { crc32 } from '@node-rs/crc32';

/** What says of a block that it was stored before blocks had checksums. */
export const NO_CHECKSUM = 0;
/** Stands for a sum that happens to be {@link NO_CHECKSUM}. */
const IN_PLACE_OF_NONE = 1;

/**
 * CRC-32 of bytes, gone on with from a number. `zlib.crc32` gives the same, at a fifth of the speed: 5 and not 26 GB/s, and
 * a push must not feel it.
 */
export function checksum(bytes: Uint8Array, start: number): number {
  return crc32(bytes, start >>> 0) || IN_PLACE_OF_NONE;
}
