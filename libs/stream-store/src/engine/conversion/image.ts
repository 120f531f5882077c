import { MillraceError } from '@millrace/core/errors';
import type { Sharp } from 'sharp';

export type ImageFormat = 'jpg' | 'png';

/** A picture to be encoded. */
export interface Picture {
  /** A file of any format sharp reads, or grey pixels of 1 byte where {@link pixels} says their size. */
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

const BEGINNINGS: Readonly<Record<ImageFormat, Buffer>> = {
  jpg: Buffer.from([0xff, 0xd8, 0xff]),
  png: Buffer.from([0x89, 0x50, 0x4e, 0x47]),
};

/** Whether bytes begin as a file of a format does. */
export function isOfFormat(data: Buffer, format: ImageFormat): boolean {
  const beginning = BEGINNINGS[format];
  return data.subarray(0, beginning.length).equals(beginning);
}

/** Encodes a picture with sharp, which is an optional peer. */
export async function convertImage(picture: Picture, format: ImageFormat): Promise<Buffer> {
  const sharp = await loadSharp();
  const { data, pixels, turn, swapped } = picture;
  const raw = pixels && { width: pixels.width, height: pixels.height, channels: 1 as const };
  try {
    let image = sharp(data, { limitInputPixels: MAX_PIXELS, ...(raw && { raw }) });
    if (swapped) image = await swap(image);
    if (turn) image = image.rotate(turn);
    return await (format === 'png' ? image.png() : image.jpeg()).toBuffer();
  } catch (error) {
    throw new MillraceError('INVALID', 'An entry is not a picture that can be read', { cause: error });
  }
}

/** Colours only: a grey picture has nothing to swap. */
async function swap(image: Sharp): Promise<Sharp> {
  return (await image.metadata()).channels === 3 ? image.recomb(BLUE_FOR_RED) : image;
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
