import { MillraceError } from '@millrace/core/errors';

/** Version (1 byte), type (1), time (8), then four numbers of 4 bytes, little-endian (stream-store§10). */
const HEADER_BYTES = 26;
const NEWEST_VERSION = 3;

/** Types of frames that carry a picture. */
export const FRAME_TYPE = { COLOUR: 0, DEPTH_LONG: 1, DEPTH_SHORT: 2, GREY_FIRST: 3, GREY_LAST: 6 } as const;
const LAST_TYPE = 13;

/** A frame as a headset sends it. */
export interface DeviceFrame {
  readonly version: number;
  readonly type: number;
  readonly width: number;
  readonly height: number;
  /** Bytes a row and pixel in version 1, else bytes of the payload. */
  readonly size: number;
  /** All that follows the header. */
  readonly body: Buffer;
}

/** Whether an entry begins as a device frame does; no format of pictures and no JSON does. */
export function isDeviceFrame(entry: Buffer): boolean {
  const [version = 0, type = 0xff] = entry;
  return entry.length >= HEADER_BYTES && version >= 1 && version <= NEWEST_VERSION && type <= LAST_TYPE;
}

/** @throws MillraceError `INVALID` for an entry that is not a device frame */
export function readDeviceFrame(entry: Buffer): DeviceFrame {
  if (!isDeviceFrame(entry))
    throw new MillraceError(
      'INVALID',
      'An entry is not a device frame; leave "input" out, or name what the entries are',
    );
  return {
    version: entry.readUInt8(0),
    type: entry.readUInt8(1),
    width: entry.readUInt32LE(10),
    height: entry.readUInt32LE(14),
    size: entry.readUInt32LE(18),
    body: entry.subarray(HEADER_BYTES),
  };
}

const TIME_AT = 2;
const TIME_ENDS = 10;

/**
 * The time in an entry's device header, in milliseconds: version (1 byte), frame type (1 byte), time (8 bytes,
 * little-endian) (stream-store§10).
 *
 * @throws MillraceError 400 for an entry without one: JSON and sound carry no time
 */
export function deviceTime(entry: Buffer): bigint {
  const type = entry[1];
  const untimed = entry.length < TIME_ENDS || type === 0x7b || type === 0x5d || type === 0x22 || type === 172;
  if (untimed)
    throw new MillraceError('BAD_REQUEST', 'An entry has no device header with its time; push it without parse_meta');
  return entry.readBigUInt64LE(TIME_AT);
}
