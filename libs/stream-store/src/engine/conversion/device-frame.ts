import { MillraceError } from '@millrace/core/errors';
import type { Picture } from './image.js';

/** Version (1 byte), type (1), time (8), then four numbers of 4 bytes, little-endian (stream-store§10). */
const HEADER_BYTES = 26;
const NEWEST_VERSION = 3;

/** Types of frames that carry a picture. */
const FRAME_TYPE = { COLOUR: 0, DEPTH_LONG: 1, DEPTH_SHORT: 2, GREY_FIRST: 3, GREY_LAST: 6 } as const;
const LAST_TYPE = 13;

/** Whether an entry begins as a device frame does; no format of pictures and no JSON does. */
export function isDeviceFrame(entry: Buffer): boolean {
  const [version = 0, type = 0xff] = entry;
  return entry.length >= HEADER_BYTES && version >= 1 && version <= NEWEST_VERSION && type <= LAST_TYPE;
}

type DeviceFrame = ReturnType<typeof readDeviceFrame>;

/** A frame as a headset sends it. @throws MillraceError `INVALID` for an entry that is not one */
function readDeviceFrame(entry: Buffer) {
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
    /** Bytes a row and pixel in version 1, else bytes of the payload. */
    size: entry.readUInt32LE(18),
    /** All that follows the header. */
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

/** How the grey cameras sit in the device: left-left and right-front lean the one way, the others the other. */
const QUARTER_TURNS: Readonly<Record<number, 90 | 270>> = { 3: 270, 4: 90, 5: 270, 6: 90 };

/** Depth is given in 2 bytes a pixel. */
const DEPTH_BYTES = 2;

/**
 * The picture in a device frame (stream-store§10): of the colour camera and the grey ones a JPEG (in version 1 of
 * the grey ones plain pixels), turned upright; of the depth camera its distances, the farthest one white.
 *
 * @throws MillraceError `INVALID` for a frame without a picture, or with one that cannot be shown
 */
export function devicePicture(entry: Buffer): Picture {
  const frame = readDeviceFrame(entry);
  const { version, type } = frame;
  if (type === FRAME_TYPE.DEPTH_LONG || type === FRAME_TYPE.DEPTH_SHORT) return depth(frame);
  if (type > FRAME_TYPE.GREY_LAST) throw unshown('has no picture');
  const turn = QUARTER_TURNS[type];
  if (version > 1) {
    // The newest version writes what a camera gives in the order blue, green, red as if it were red, green, blue.
    const swapped = version === 3 && type === FRAME_TYPE.COLOUR;
    return { data: part(frame, frame.size), turn, swapped };
  }
  if (type === FRAME_TYPE.COLOUR) throw unshown('has NV12 colours, which cannot be converted');
  return { data: part(frame, frame.width * frame.height), pixels: frame, turn };
}

function depth(frame: DeviceFrame): Picture {
  const count = frame.width * frame.height;
  const distances = part(frame, count * DEPTH_BYTES);
  let farthest = 1;
  for (let at = 0; at < distances.length; at += DEPTH_BYTES) farthest = Math.max(farthest, distances.readUInt16LE(at));
  const data = Buffer.alloc(count);
  for (let at = 0; at < count; at += 1) data[at] = (distances.readUInt16LE(at * DEPTH_BYTES) * 255) / farthest;
  return { data, pixels: frame };
}

function part({ body }: DeviceFrame, bytes: number): Buffer {
  if (bytes === 0 || bytes > body.length) throw unshown('is shorter than its header says');
  return body.subarray(0, bytes);
}

function unshown(what: string): MillraceError {
  return new MillraceError('INVALID', `An entry is a device frame that ${what}`);
}
