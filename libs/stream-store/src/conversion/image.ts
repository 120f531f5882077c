import { MillraceError } from '@millrace/core';

export type ImageFormat = 'jpg' | 'png';

/** Colour pictures above this many pixels are refused, so that a small hostile file cannot fill the memory. */
const MAX_PIXELS = 64_000_000;

/** Re-encodes a picture with sharp, which is an optional peer. */
export async function convertImage(data: Buffer, format: ImageFormat): Promise<Buffer> {
  const sharp = await loadSharp();
  try {
    const picture = sharp(data, { limitInputPixels: MAX_PIXELS });
    return await (format === 'png' ? picture.png() : picture.jpeg()).toBuffer();
  } catch (error) {
    throw new MillraceError('INVALID', 'An entry is no picture that can be read', { cause: error });
  }
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
