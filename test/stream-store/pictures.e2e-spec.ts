import { gzipSync } from 'node:zlib';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import sharp, { type Sharp } from 'sharp';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';

/** A picture of 20 x 10 whose corner at the top left is red, the rest blue. */
async function marked(): Promise<Sharp> {
  const corner = await sharp({ create: { width: 8, height: 4, channels: 3, background: '#f00' } })
    .png()
    .toBuffer();
  const picture = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#00f' } })
    .composite([{ input: corner, left: 0, top: 0 }])
    .png()
    .toBuffer();
  return sharp(picture);
}

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="red"/></svg>';

describe.each(HTTP_ADAPTERS)('stream-store#61: pictures, on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  /** An entry as it comes in a format; undefined when it cannot be converted. */
  async function read(entry: Buffer, query: string): Promise<Buffer | undefined> {
    await store.append('pictures', [entry]);
    const response = await fetch(`${running.url}/data/pictures?${query}`);
    expect(response.status).toBe(200);
    const body = Buffer.from(await response.arrayBuffer());
    return response.headers.has('entry-unreadable') ? undefined : body;
  }

  async function pixelsOf(picture: Buffer | undefined): Promise<(x: number, y: number) => number[]> {
    const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
    return (x, y) => [...data.subarray((y * info.width + x) * info.channels).subarray(0, info.channels)];
  }

  const isRed = ([red = 0, , blue = 255]: number[]): boolean => red > 150 && blue < 100;

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('are turned as their EXIF says: orientation %i', async (orientation) => {
    // Where the corner is, and the sides, of a picture that is to be seen in this orientation.
    const upright = orientation < 5 ? [20, 10] : [10, 20];
    const [width = 0, height = 0] = upright;
    const right = [2, 3, 6, 7].includes(orientation);
    const bottom = [3, 4, 7, 8].includes(orientation);
    const jpeg = await (
      await marked()
    )
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer();
    const png = await read(jpeg, 'output=png');
    const { width: w, height: h, orientation: left } = await sharp(png).metadata();
    expect([w, h, left ?? 1]).toEqual([width, height, 1]);
    const at = await pixelsOf(png);
    expect(isRed(at(right ? width - 1 : 0, bottom ? height - 1 : 0))).toBe(true);
    expect(isRed(at(right ? 0 : width - 1, bottom ? 0 : height - 1))).toBe(false);
  });

  it('are turned by the header of a device, not by EXIF', async () => {
    const jpeg = await (await marked()).jpeg({ quality: 100 }).withMetadata({ orientation: 3 }).toBuffer();
    const header = Buffer.alloc(26);
    header.writeUInt8(2, 0);
    header.writeUInt8(4, 1);
    header.writeUInt32LE(20, 10);
    header.writeUInt32LE(10, 14);
    header.writeUInt32LE(jpeg.length, 18);
    const png = await read(Buffer.concat([header, jpeg]), 'output=png');
    const at = await pixelsOf(png);
    // A quarter clockwise: what was at the top left is at the top right.
    expect(await sharp(png).metadata()).toMatchObject({ width: 10, height: 20 });
    expect(isRed(at(9, 0))).toBe(true);
  });

  it.each(['jpeg', 'webp', 'gif', 'tiff', 'png'] as const)('are read from %s', async (format) => {
    const entry = await (await marked()).toFormat(format).toBuffer();
    for (const output of format === 'jpeg' ? ['png'] : format === 'png' ? ['jpg'] : ['png', 'jpg']) {
      const picture = await read(entry, `output=${output}`);
      expect((await sharp(picture).metadata()).format).toBe(output === 'jpg' ? 'jpeg' : output);
      const at = await pixelsOf(picture);
      expect([isRed(at(1, 1)), isRed(at(18, 8))]).toEqual([true, false]);
    }
  });

  it.each(['gif', 'webp'] as const)('are the first one of an animated %s', async (format) => {
    const frames = ['#f00', '#00f'].map((background) => ({
      create: { width: 8, height: 8, channels: 3 as const, background },
    }));
    const pages = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()));
    const entry = await sharp(pages, { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    expect((await sharp(entry).metadata()).pages).toBe(2);
    const picture = await read(entry, 'output=png');
    expect(await sharp(picture).metadata()).toMatchObject({ width: 8, height: 8 });
    expect(isRed((await pixelsOf(picture))(4, 4))).toBe(true);
  });

  it.each([
    ['jpeg', 'png'],
    ['tiff', 'jpg'],
    ['tiff', 'png'],
  ] as const)('are RGB when a CMYK %s is converted to %s', async (format, output) => {
    const entry = await (await marked()).toColourspace('cmyk').toFormat(format).toBuffer();
    expect((await sharp(entry).metadata()).space).toBe('cmyk');
    const picture = await read(entry, `output=${output}`);
    expect(await sharp(picture).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
    expect(isRed((await pixelsOf(picture))(1, 1))).toBe(true);
  });

  it('are white as JPEG where they were transparent, and of 8 bits', async () => {
    const clear = sharp({ create: { width: 8, height: 8, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } } });
    const picture = await read(await clear.toColourspace('rgb16').png().toBuffer(), 'output=jpg');
    expect((await pixelsOf(picture))(4, 4)).toEqual([255, 255, 255]);
    expect((await sharp(picture).metadata()).depth).toBe('uchar');
  });

  it('stay as they are where they are of the format already', async () => {
    const entry = await (await marked()).jpeg().withMetadata({ orientation: 6 }).toBuffer();
    expect((await read(entry, 'output=jpg'))?.equals(entry)).toBe(true);
  });

  it.each<[string, string | Buffer]>([
    ['SVG', SVG],
    ['SVG with a declaration', `<?xml version="1.0"?>\n<!-- a picture -->\n${SVG}`],
    ['SVG behind a byte order mark', `\ufeff${SVG}`],
    ['compressed SVG', gzipSync(SVG)],
    ['SVG that begins as a GIF does', `GIF89a${SVG}`],
    ['SVG that begins as a TIFF does', `II*\0${SVG}`],
    ['PDF', '%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF'],
    ['PPM', 'P3 1 1 255 255 0 0'],
    ['HEIF', Buffer.concat([Buffer.of(0, 0, 0, 24), Buffer.from('ftypheic\0\0\0\0mif1heic')])],
  ])('are not read from %s', async (_kind, entry) => {
    for (const query of ['output=png', 'output=jpg', 'output=png&input=jpg', 'output=jpg&input=png'])
      expect(await read(Buffer.from(entry as string), query)).toBeUndefined();
  });

  it('are not read from AVIF, nor from an SVG in a device frame', async () => {
    const avif = await (await marked()).avif().toBuffer();
    expect(await read(avif, 'output=png')).toBeUndefined();
    const header = Buffer.alloc(26);
    header.writeUInt8(2, 0);
    header.writeUInt32LE(SVG.length, 18);
    expect(await read(Buffer.concat([header, Buffer.from(SVG)]), 'output=png')).toBeUndefined();
  });
});
