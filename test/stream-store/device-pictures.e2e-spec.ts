import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import sharp from 'sharp';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

type Numbers = [width: number, height: number, size: number, further: number];

/** An entry as a headset sends it: its header, then what it carries. */
function frame(version: number, type: number, numbers: Numbers, ...body: Uint8Array[]): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt8(version, 0);
  header.writeUInt8(type, 1);
  header.writeBigUInt64LE(1_700_000_000_000n, 2);
  numbers.forEach((number, index) => header.writeUInt32LE(number, 10 + 4 * index));
  return Buffer.concat([header, ...body]);
}

/** A JPEG, its left half of one colour and its right half of another. */
async function halves(left: string, right: string): Promise<Buffer> {
  const half = { width: 16, height: 16, channels: 3 as const };
  const input = await sharp({ create: { ...half, background: right } })
    .png()
    .toBuffer();
  return sharp({ create: { ...half, width: 32, background: left } })
    .composite([{ input, left: 16, top: 0 }])
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
}

/** Which of red, green and blue is the strongest at a place, `.` where none is. */
async function colourAt(picture: Buffer, x: number, y: number): Promise<string> {
  const { data, info } = await sharp(picture).raw().toBuffer({ resolveWithObject: true });
  const at = (y * info.width + x) * info.channels;
  const values = [...data.subarray(at, at + 3)];
  const strongest = Math.max(...values);
  return strongest < 100 ? '.' : ('rgb'[values.indexOf(strongest)] ?? '.');
}

const CAMERA_POSE = Buffer.alloc(80);

describe.each(HTTP_ADAPTERS)('Pictures of a headset (stream-store§10) on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  async function read(stream: string, entry: Buffer, query: string): Promise<Buffer> {
    await store.append(stream, [entry]);
    const response = await fetch(`${running.url}/data/${stream}?${query}`);
    expect(response.status).toBe(200);
    return Buffer.from(await response.arrayBuffer());
  }

  it('gives a colour frame as JPEG or PNG, whether input says holo or nothing', async () => {
    // The newest version has red and blue in each other's place, the one before has not.
    const jpeg = await halves('#f00', '#00f');
    for (const [version, colours] of [
      [2, 'rb'],
      [3, 'br'],
    ] as const) {
      const entry = frame(version, 0, [32, 16, jpeg.length, CAMERA_POSE.length], jpeg, CAMERA_POSE);
      for (const query of ['output=jpg', 'output=png&input=holo', 'output=jpeg&input=HOLO']) {
        const picture = await read('main', entry, query);
        expect((await sharp(picture).metadata()).format).toBe(query.includes('png') ? 'png' : 'jpeg');
        expect((await colourAt(picture, 4, 8)) + (await colourAt(picture, 28, 8))).toBe(colours);
      }
    }
  });

  it('leaves a colour frame that is grey as it is', async () => {
    const jpeg = await sharp(await halves('#000', '#fff'))
      .toColourspace('b-w')
      .jpeg()
      .toBuffer();
    expect((await sharp(jpeg).metadata()).channels).toBe(1);
    const picture = await read('main', frame(3, 0, [32, 16, jpeg.length, 0], jpeg), 'output=jpg');
    expect(await sharp(picture).metadata()).toMatchObject({ width: 32, height: 16 });
    const { channels } = await sharp(picture).stats();
    expect(new Set(channels.map(({ mean }) => Math.round(mean / 10))).size).toBe(1);
  });

  it.each([
    ['gll', 3, 'rg'],
    ['glf', 4, 'gr'],
    ['grf', 5, 'rg'],
    ['grr', 6, 'gr'],
  ])('turns the picture of %s upright', async (stream, type, colours) => {
    const jpeg = await halves('#0f0', '#f00');
    const picture = await read(stream, frame(3, type, [32, 16, jpeg.length, 64], jpeg), 'output=png');
    expect(await sharp(picture).metadata()).toMatchObject({ width: 16, height: 32 });
    expect((await colourAt(picture, 8, 4)) + (await colourAt(picture, 8, 28))).toBe(colours);
  });

  it('shows plain grey pixels of the first version, and depth by its distance', async () => {
    const grey = await read('glf', frame(1, 4, [2, 1, 1, 0], Buffer.from([0, 255])), 'output=png');
    const upright = await sharp(grey).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
    expect(upright.info).toMatchObject({ width: 1, height: 2 });
    expect([...upright.data]).toEqual([0, 255]);
    const distances = Buffer.from(Uint16Array.of(0, 500, 1000, 250).buffer);
    const depth = await read('depthlt', frame(3, 1, [2, 2, 8, 64], distances, Buffer.alloc(64)), 'output=png');
    expect([...(await sharp(depth).extractChannel(0).raw().toBuffer())]).toEqual([0, 127, 255, 63]);
  });

  it.each([
    ['is shorter than its header says', frame(3, 0, [32, 16, 5000, 0], Buffer.from('short'))],
    ['says nothing', frame(3, 0, [0, 0, 0, 0])],
    ['says more pixels than there are', frame(3, 1, [0xffff_ffff, 0xffff_ffff, 8, 0], Buffer.alloc(64))],
    ['holds no JPEG', frame(3, 4, [4, 4, 16, 0], Buffer.alloc(16))],
    ['comes from another sensor', frame(3, 7, [3, 1, 12, 8], Buffer.alloc(20))],
    ['is cut in its header', frame(3, 0, [1, 1, 1, 1]).subarray(0, 20)],
  ])('stream-store#56: leaves out a frame that %s', async (_kind, entry) => {
    const [id] = await store.append('bad', [entry]);
    for (const input of ['', '&input=holo']) {
      const response = await fetch(`${running.url}/data/bad?output=jpg${input}`);
      expect([response.status, await response.text()]).toEqual([200, '']);
      expect(JSON.parse(response.headers.get('entry-unreadable') ?? '')).toEqual([['bad', id]]);
    }
  });

  it('gives the hands and eyes of a headset as JSON', async () => {
    for (const query of ['output=json', 'output=json&input=holo'])
      expect((await read('hand', Buffer.from('{ "left": "{}" }'), query)).toString()).toBe('{"left":"{}"}');
  });

  it('stream-store#43: a viewer that names no input, keeps time and acks pulls pictures of frames and of JPEGs', async () => {
    const jpeg = await halves('#f00', '#00f');
    const client = await SocketClient.open(
      `${running.wsUrl}/data/live/pull?output=jpg&time_sync_id=0&ack=True&last_entry_id=0`,
    );
    await store.append('live', [frame(3, 0, [32, 16, jpeg.length, 80], jpeg, CAMERA_POSE), jpeg]);
    for (const colours of ['br', 'rb']) {
      await client.nextText();
      const { data: picture } = await client.next();
      expect((await colourAt(picture, 4, 8)) + (await colourAt(picture, 28, 8))).toBe(colours);
      client.send(Buffer.alloc(0));
    }
    await client.close();
  });

  it('shows frames as MJPEG', async () => {
    const jpeg = await halves('#f00', '#00f');
    await store.append('shown', [frame(2, 0, [32, 16, jpeg.length, 0], jpeg)]);
    const controller = new AbortController();
    const response = await fetch(`${running.url}/mjpeg/shown?last_entry_id=0`, { signal: controller.signal });
    let body = Buffer.alloc(0);
    const reading = (async () => {
      for await (const chunk of response.body ?? []) body = Buffer.concat([body, chunk as Uint8Array]);
    })().catch(() => undefined);
    const start = Buffer.from([0xff, 0xd8, 0xff]);
    const second = (): number => body.indexOf(start, body.indexOf(start) + 1);
    const picture = await waitFor('the second picture', async () => {
      const at = second();
      const found = at < 0 ? undefined : body.subarray(at);
      return found &&
        (await sharp(found)
          .metadata()
          .catch(() => undefined))
        ? found
        : undefined;
    });
    expect(await sharp(picture).metadata()).toMatchObject({ width: 32, height: 16 });
    controller.abort();
    await reading;
  });
});
