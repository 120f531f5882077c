import { memoryStore, StreamStatistics, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import sharp from 'sharp';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const NOT_JSON = ['', '\ufeff', 'NaN', '{"a":1', '{"a":1}x', "{'a':1}", '[1,]', '01', '"\n"', 'text'];

/** Pictures that cannot be read, of every kind, by the format that they are asked for in. */
async function brokenPictures(): Promise<Record<'jpg' | 'png', Buffer[]>> {
  const noise = Buffer.from(Array.from({ length: 64 * 64 * 3 }, (_, at) => (at * 7919) % 256));
  const image = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
  const [jpeg, png] = await Promise.all([image.clone().jpeg().toBuffer(), image.clone().png().toBuffer()]);
  const altered = Buffer.from(png);
  altered.fill(0x55, altered.length >> 1, (altered.length >> 1) + 200);
  const tooMany = sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#000' } });
  const none = [Buffer.from('no picture'), Buffer.alloc(0), Buffer.from([3, 7, ...Buffer.alloc(30)])];
  return {
    jpg: [png.subarray(0, png.length >> 1), altered, await tooMany.png().toBuffer(), ...none],
    png: [jpeg.subarray(0, jpeg.length >> 1), jpeg.subarray(0, 20), ...none],
  };
}

describe.each(HTTP_ADAPTERS)('stream-store#56: entries that cannot be converted, on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let statistics: StreamStatistics;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
    statistics = running.app.get(StreamStatistics);
  });
  afterAll(() => running.close());

  let streams = 0;
  /** A new stream with some entries. */
  async function fill(...entries: (string | Buffer)[]): Promise<{ stream: string; ids: string[] }> {
    const stream = `s${(streams += 1)}`;
    const data = entries.map((entry) => Buffer.from(entry as string));
    return { stream, ids: await store.append(stream, data) };
  }

  const open = (stream: string, query: string): Promise<SocketClient> =>
    SocketClient.open(`${running.url.replace('http', 'ws')}/data/${stream}/pull?last_entry_id=0&${query}`);

  /** The next so many things a pull brings: entries as their text, notices as `!` and the ID. */
  async function take(client: SocketClient, count: number, acknowledge = false): Promise<string[]> {
    const taken: string[] = [];
    while (taken.length < count) {
      const message = JSON.parse(await client.nextText()) as
        [string, string, number][] | { unreadable: { id: string } };
      if (!Array.isArray(message)) {
        taken.push(`!${message.unreadable.id}`);
        continue;
      }
      const { data } = await client.next();
      for (const [place, [, , start]] of message.entries())
        taken.push(data.subarray(start, message[place + 1]?.[2]).toString());
      if (acknowledge) client.send(Buffer.alloc(0));
    }
    return taken;
  }

  it.each(NOT_JSON)('a pull gives the good entries beside one that is not JSON: %j', async (bad) => {
    const { stream, ids } = await fill('{"n": 1}', bad, '{"n":2}');
    const before = statistics.unreadable;
    const client = await open(stream, 'output=json&count=3&gaps=true');
    expect(await take(client, 3)).toEqual(['{"n":1}', `!${ids[1]}`, '{"n":2}']);
    const notice = client.frames.map(({ data }) => data.toString()).find((text) => text.startsWith('{"unreadable"'));
    expect(JSON.parse(notice ?? '')).toEqual({
      unreadable: { stream, id: ids[1], bytes: Buffer.byteLength(bad), reason: 'An entry is not JSON' },
    });
    expect(statistics.unreadable).toBe(before + 1);
    await store.append(stream, [Buffer.from('3')]);
    expect(await take(client, 1)).toEqual(['3']);
    await client.close();
  });

  it.each(['jpg', 'png'] as const)(
    'a pull of pictures as %s goes on behind those that cannot be read',
    async (output) => {
      const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
        .png()
        .toBuffer();
      const broken = (await brokenPictures())[output];
      const { stream, ids } = await fill(...broken.flatMap((data) => [data, picture]));
      const client = await open(stream, `output=${output}&count=100&gaps=true`);
      const taken = await take(client, ids.length);
      expect(taken.filter((text) => text.startsWith('!'))).toEqual(broken.map((_, place) => `!${ids[2 * place]}`));
      expect(taken.filter((text) => !text.startsWith('!'))).toHaveLength(broken.length);
      await client.close();
    },
  );

  it.each(['count=1', 'count=10', 'count=3&rate_limit=0.01', 'count=2&ack=true', 'count=9&time_sync_id=0'])(
    'a pull with %s tells of each where it belongs, and of those that fill a pair',
    async (query) => {
      const { stream, ids } = await fill('x', '1', 'x', 'x', '2', '3', 'x');
      const client = await open(stream, `output=json&gaps=true&${query}`);
      const due = ['x0', '1', 'x2', 'x3', '2', '3', 'x6'].map((text) =>
        text.replace(/^x(.)/, (_, at) => `!${ids[at]}`),
      );
      expect(await take(client, 7, query.includes('ack'))).toEqual(due);
      await store.append(stream, [Buffer.from('4')]);
      expect(await take(client, 1)).toEqual(['4']);
      await client.close();
    },
  );

  it('a pull that asks for no notices gets the good entries only', async () => {
    const { stream } = await fill('x', '1', 'x', '2', 'x');
    const client = await open(stream, 'output=json&count=10&ack=true');
    expect(await take(client, 2, true)).toEqual(['1', '2']);
    await store.append(stream, [Buffer.from('3')]);
    expect(await take(client, 1)).toEqual(['3']);
    expect(
      client.frames.filter(({ isBinary }) => !isBinary).every(({ data }) => data.toString().startsWith('[[')),
    ).toBe(true);
    await client.close();
  });

  it('a pull of several streams, in one pair or one each, and the newest only', async () => {
    const [a, b] = [await fill('1', 'x', '2'), await fill('x', '3')];
    for (const query of ['count=9', 'count=9&onebyone=true']) {
      const client = await open(`${a.stream}+${b.stream}`, `output=json&gaps=true&${query}`);
      expect(await take(client, 5)).toEqual(['1', `!${a.ids[1]}`, '2', `!${b.ids[0]}`, '3']);
      await client.close();
    }
    const latest = await fill('1', 'x');
    const client = await open(latest.stream, 'output=json&gaps=true&latest=true&ack=true');
    expect(await take(client, 1)).toEqual([`!${latest.ids[1]}`]);
    await store.append(latest.stream, [Buffer.from('2')]);
    expect(await take(client, 1)).toEqual(['2']);
    await client.close();
  });

  it.each(['jpg', 'png'])('what is said to be %s already is looked at all the same', async (format) => {
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
      .toFormat(format === 'jpg' ? 'jpeg' : 'png')
      .toBuffer();
    const { stream, ids } = await fill('no picture', picture, '', '<svg/>', picture);
    const client = await open(stream, `output=${format}&input=${format}&count=9&gaps=true`);
    const due = picture.toString();
    expect(await take(client, 5)).toEqual([`!${ids[0]}`, due, `!${ids[2]}`, `!${ids[3]}`, due]);
    await client.close();
    if (format === 'png') return;
    const controller = new AbortController();
    const before = statistics.unreadable;
    const shown = await fetch(`${running.url}/mjpeg/${stream}?last_entry_id=0&count=9&input=jpg`, controller);
    await waitFor('all to be passed over', () => statistics.unreadable === before + 3);
    controller.abort();
    expect(shown.status).toBe(200);
  });

  it('a pull with a timeout that gets nothing but notices ends by it', async () => {
    const { stream, ids } = await fill('x');
    const client = await open(stream, 'output=json&gaps=true&timeout=50');
    expect(await take(client, 1)).toEqual([`!${ids[0]}`]);
    expect((await client.closed).code).toBe(1000);
  });

  it('a pull puts no more converted entries into a pair than a message may hold', async () => {
    const { width, height } = { width: 1000, height: 1000 };
    const noise = Buffer.from(
      Uint32Array.from({ length: (width * height * 3) / 4 }, (_, at) => (at * 2654435761) >>> 0).buffer,
    );
    const picture = await sharp(noise, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer();
    const { stream, ids } = await fill(...Array.from({ length: 12 }, () => picture));
    const client = await open(stream, 'output=png&count=100&ack=true');
    for (let taken = 0; taken < ids.length;) {
      taken += (JSON.parse(await client.nextText()) as unknown[]).length;
      expect((await client.next()).data.length).toBeLessThanOrEqual(16 * 1024 * 1024);
      client.send(Buffer.alloc(0));
    }
    expect(client.frames.length).toBeGreaterThan(2);
    await client.close();
  });

  async function read(path: string): Promise<{ status: number; body: string; offsets: unknown; unreadable: unknown }> {
    const response = await fetch(`${running.url}${path}`);
    const header = (name: string): unknown => JSON.parse(response.headers.get(name) ?? 'null');
    const { status } = response;
    return {
      status,
      body: await response.text(),
      offsets: header('entry-offset'),
      unreadable: header('entry-unreadable'),
    };
  }

  it('a read leaves them out and names them in a header', async () => {
    const { stream, ids } = await fill('1', 'x', '2', 'x');
    const path = `/data/${stream}?output=json&count=9`;
    const due = {
      ...{ status: 200, body: '12', unreadable: [ids[1], ids[3]].map((id) => [stream, id]) },
      offsets: [0, 2].map((place, start) => [stream, ids[place], start]),
    };
    expect(await read(`${path}&last_entry_id=0`)).toEqual(due);
    expect(await read(path)).toEqual({ ...due, unreadable: due.unreadable.toReversed() });
    expect((await read(`/data/${stream}?count=9`)).unreadable).toBe(null);
    const response = await fetch(`${running.url}${path}`);
    expect(response.headers.get('access-control-expose-headers')).toContain('entry-unreadable');
  });

  it('a read of nothing else answers 200, at once also with block; an impossible pair of formats stays 422', async () => {
    const { stream, ids } = await fill('x');
    const path = `/data/${stream}?output=json&last_entry_id=0&block=60000`;
    expect(await read(path)).toEqual({ status: 200, body: '', offsets: [], unreadable: [[stream, ids[0]]] });
    expect((await read(`/data/${stream}?output=json&input=png`)).status).toBe(422);
  });

  it('a read keeps its headers below 16 KiB, and names all it passed', async () => {
    const { stream, ids } = await fill(...Array.from({ length: 900 }, (_, at) => (at % 2 ? 'x' : '1')));
    const passed: string[] = [];
    while (passed.length < ids.length) {
      // Node's client refuses more than 16 KiB.
      const last = passed.at(-1) ?? '0';
      const { offsets, unreadable } = await read(`/data/${stream}?output=json&count=9999&last_entry_id=${last}`);
      const found = [...(offsets as string[][]), ...((unreadable ?? []) as string[][])].map(([, id]) => id as string);
      expect(found.length).toBeGreaterThan(0);
      passed.push(...found.toSorted((a, b) => ids.indexOf(a) - ids.indexOf(b)));
    }
    expect(passed).toEqual(ids);
  });

  it('events tell of them, and MJPEG passes them over', async () => {
    const { stream, ids } = await fill('1', 'x', '2');
    const controller = new AbortController();
    const { signal } = controller;
    const events = await fetch(`${running.url}/data/${stream}?last_entry_id=0`, {
      ...{ headers: { Accept: 'text/event-stream' }, signal },
    });
    let text = '';
    const reading = (async () => {
      for await (const chunk of events.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    })().catch(() => undefined);
    await waitFor('the last event', () => text.includes('"data":2'));
    expect(text).toContain(
      `id: ${ids[1]}\nevent: unreadable\ndata: {"stream":"${stream}","id":"${ids[1]}","bytes":1}\n\n`,
    );
    const before = statistics.unreadable;
    const pictures = await fetch(`${running.url}/mjpeg/${stream}?last_entry_id=0`, { signal });
    await waitFor('all to be passed over', () => statistics.unreadable === before + 3);
    expect(pictures.status).toBe(200);
    controller.abort();
    await reading;
  });
});
