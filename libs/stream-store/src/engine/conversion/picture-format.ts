/** Formats of pictures that are read, under sharp's names. */
export type PictureFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff';

/** How files of a format begin, byte for byte; `.` stands for any. */
const BEGINNINGS: readonly (readonly [format: PictureFormat, beginning: string])[] = [
  ['jpeg', '\xff\xd8\xff'],
  ['png', '\x89PNG\r\n\x1a\n'],
  ['webp', 'RIFF....WEBP'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  ['tiff', 'II+\0'],
  ['tiff', 'MM\0+'],
];

/**
 * The format of a picture by its first bytes; undefined for one that is not read. What sharp could read beside these (SVG, PDF,
 * HEIF …) is for documents and cameras of one's own: entries come from strangers.
 */
export function pictureFormat(data: Buffer): PictureFormat | undefined {
  return BEGINNINGS.find(([, beginning]) => begins(data, beginning))?.[0];
}

function begins(data: Buffer, beginning: string): boolean {
  if (data.length < beginning.length) return false;
  for (let at = 0; at < beginning.length; at += 1)
    if (beginning[at] !== '.' && beginning.charCodeAt(at) !== data[at]) return false;
  return true;
}
