import { MillraceError } from '@millrace/core/errors';
import type { Metadata, Sharp } from 'sharp';
import { pictureFormat } from './picture-format.js';
import type { PictureQueue } from './picture-queue.js';

export type ImageFormat = 'jpg' | 'png';

/** A picture to be encoded. */
export interface Picture {
  /** A file, or grey pixels of 1 byte where {@link pixels} says their size. */
  readonly data: Buffer;
  readonly pixels?: { readonly width: number; readonly height: number };
  /** Degrees clockwise. */
  readonly turn?: 90 | 270 | undefined;
  /** Red and blue stand in each other's place. */
  readonly swapped?: boolean;
}

/** Pictures above this many pixels are refused, so that a small hostile file cannot fill the memory. */
const MAX_PIXELS = 64_000_000;

const BLUE_FOR_RED: [[number, number, number], [number, number, number], [number, number, number]] = [
  [0, 0, 1],
  [0, 1, 0],
  [1, 0, 0],
];

/** Whether bytes begin as a file of a format does. */
export function isOfFormat(data: Buffer, format: ImageFormat): boolean {
  return pictureFormat(data) === (format === 'jpg' ? 'jpeg' : format);
}

/**
 * Encodes a picture with sharp, which is an optional peer: upright, in RGB, the first one of an animation, and on white where
 * the format has no transparency.
 *
 * @throws MillraceError `INVALID` for one that cannot be read, `UNAVAILABLE` without sharp
 */
export async function convertImage(picture: Picture, format: ImageFormat, queue: PictureQueue): Promise<Buffer> {
  const sharp = await loadSharp();
  const { data, pixels, turn, swapped } = picture;
  const raw = pixels && { width: pixels.width, height: pixels.height, channels: 1 as const };
  try {
    let image = sharp(data, { limitInputPixels: MAX_PIXELS, ...(raw && { raw }) });
    const { width, height, channels } = raw ?? (await describe(image, data));
    if (swapped && channels === 3) image = image.recomb(BLUE_FOR_RED);
    // The header of a device knows better than the camera. Without an angle it is turned as its EXIF says.
    image = image.rotate(turn);
    image = format === 'png' ? image.png() : image.flatten({ background: '#fff' }).jpeg();
    return await queue.run(width * height, () => image.toBuffer());
  } catch (error) {
    throw new MillraceError('INVALID', 'An entry is not a picture that can be read', { cause: error });
  }
}

/** What the head of a picture of a known format says. @throws Error for another, also where sharp takes it for another */
async function describe(image: Sharp, data: Buffer): Promise<Metadata> {
  const format = pictureFormat(data);
  if (!format) throw new TypeError('Not a JPEG, PNG, WebP, GIF or TIFF picture');
  const found = await image.metadata();
  if (found.format !== format) throw new TypeError(`A picture that begins as ${format} is read as ${found.format}`);
  return found;
}

/** A black JPEG picture. */
export async function blackPicture(width: number, height: number): Promise<Buffer> {
  const sharp = await loadSharp();
  return sharp({ create: { width, height, channels: 3, background: '#000' } })
    .jpeg()
    .toBuffer();
}

async function loadSharp(): Promise<typeof import('sharp').default> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    throw new MillraceError('UNAVAILABLE', 'Pictures need the package sharp; run npm install sharp', { cause: error });
  }
}
