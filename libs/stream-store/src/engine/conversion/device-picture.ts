import { MillraceError } from '@millrace/core/errors';
import { type DeviceFrame, FRAME_TYPE, readDeviceFrame } from './device-frame.js';
import type { Picture } from './image.js';

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
