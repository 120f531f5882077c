import { type OutgoingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

const limits = { maxMessageBytes: 64 * 1024, maxBatchEntries: 20, maxJoined: 4, maxNameBytes: 32 };

/** Upgrades by hand, then writes whatever it is given; answers the close code, or undefined when the server just ends. */
async function rawExchange(url: string, bytes: Buffer): Promise<number | undefined> {
  const { hostname, port, pathname, search } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  let received = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.write(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    );
    let sent = false;
    socket.on('data', (data: Buffer) => {
      received = Buffer.concat([received, data]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!sent) socket.write(bytes);
      sent = true;
      const frame = received.subarray(end + 4);
      if (frame.length >= 4 && frame[0] === 0x88) {
        resolve(frame.readUInt16BE(2));
        socket.destroy();
      }
    });
    socket.on('close', () => resolve(undefined));
  });
}

describe.each(HTTP_ADAPTERS)('Hostile clients on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let bystander: SocketClient;
  let number = 0;
  const fresh = (): string => `h${(number += 1)}`;

  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore(), limits })], { adapter });
    store = running.app.get(StreamStore);
    bystander = await SocketClient.open(`${running.wsUrl}/data/bystander/push?ack=true`);
  });
  afterEach(async () => {
    bystander.send(Buffer.from('still here'));
    expect(await bystander.nextText()).toMatch(/^\d+-\d+$/);
  });
  afterAll(async () => {
    await bystander.close();
    await running.close();
  });

  const masked = (first: number, payload: Buffer, length = payload.length): Buffer =>
    Buffer.concat([Buffer.from([first, 0x80 | length, 0, 0, 0, 0]), payload]);

  it.each<[string, Buffer, number]>([
    ['a frame without a mask', Buffer.from([0x82, 1, 65]), 1002],
    ['a reserved bit', masked(0xc2, Buffer.from('x')), 1002],
    ['an unknown opcode', masked(0x83, Buffer.from('x')), 1002],
    ['a continuation of nothing', masked(0x80, Buffer.from('x')), 1002],
    ['a fragmented ping', masked(0x09, Buffer.from('x')), 1002],
    ['text that is not UTF-8', masked(0x81, Buffer.from([0xff, 0xfe])), 1007],
    ['a length of 2^62', Buffer.from([0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
    ['a length over the limit', Buffer.from([0x82, 0xff, 0, 0, 0, 0, 1, 16, 0, 0, 0, 0, 0, 0]), 1009],
    ['a close frame of one byte', masked(0x88, Buffer.from('x')), 1002],
    ['a close code that is none', masked(0x88, Buffer.from([0, 5])), 1002],
  ])('stream-store#45: answers %s with a close code and stores nothing', async (_what, bytes, code) => {
    const stream = fresh();
    expect(await rawExchange(`${running.wsUrl}/data/${stream}/push`, bytes)).toBe(code);
    expect(await rawExchange(`${running.wsUrl}/data/${stream}/pull`, bytes)).toBe(code);
    expect(await store.describe(stream)).toBeUndefined();
  });

  it.each<[string, string, string, number]>([
    ['too many entries', '?batch=true', JSON.stringify(Array.from({ length: 21 }, () => 0)), 1009],
    ['null', '?batch=true', 'null', 1007],
    ['nothing', '?batch=true', '', 1007],
    ['a list in a list in a list', '?batch=true', '[[[["a",0]]]]', 1007],
    ['deep nesting', '?batch=true', '['.repeat(30_000), 1007],
    ['an item of four', '?batch=true', '[["a","1-0",0,0]]', 1007],
    ['an ID that is a list', '?batch=true', '[["a",[],0]]', 1007],
    ['a name that is a number', '?batch=true', '[[5,0]]', 1007],
    ['an offset of 1e300', '?batch=true', '[1e300]', 1007],
    ['an offset that is text', '?batch=true', '[["a","0"]]', 1007],
    ['a prototype name', '?batch=true', '{"__proto__":[]}', 1007],
  ])('stream-store#45: closes on a header of %s', async (_what, query, header, code) => {
    const stream = fresh();
    const client = await SocketClient.open(`${running.wsUrl}/data/${stream}/push${query}`);
    client.send(header);
    client.send(Buffer.from('x'));
    expect((await client.closed).code).toBe(code);
    expect(await store.describe(stream)).toBeUndefined();
  });

  it.each(['', 'a+b', 'a/b', '*', '.', '..', 'x'.repeat(33), '\ud800', 'XMETA:a', '\u0000'])(
    'stream-store#45: a header to * with the name %j is refused, and nothing of its batch is stored',
    async (name) => {
      const stream = fresh();
      const client = await SocketClient.open(`${running.wsUrl}/data/*/push`);
      client.send(`[["${stream}",0],[${JSON.stringify(name)},1]]`);
      client.send(Buffer.from('xy'));
      expect((await client.closed).code).toBe(1008);
      expect(await store.describe(stream)).toBeUndefined();
    },
  );

  it('stream-store#45: what came before a bad frame is stored and acked, nothing behind it', async () => {
    const stream = fresh();
    const client = await SocketClient.open(`${running.wsUrl}/data/${stream}/push?ack=true`);
    client.send(Buffer.from('good'));
    client.send('bad');
    client.send(Buffer.from('behind'));
    expect((await client.closed).code).toBe(1003);
    const { entries } = await store.readAfter(stream, '0-0', { count: 10 });
    expect(entries.map(({ data }) => data.toString())).toEqual(['good']);
    expect(client.frames.map(({ data }) => data.toString())).toEqual([entries[0]?.id]);
  });

  it.each([
    '/data/a/push?ack=maybe',
    '/data/a/push?batch=2',
    '/data/a/push?offsets=middle',
    '/data/a+/push',
    '/data/a+b+c+d+e/push',
    `/data/${'x'.repeat(33)}/push`,
    '/data/a/pull?count=0',
    '/data/a/pull?count=x',
    '/data/a/pull?timeout=-1',
    '/data/a/pull?rate_limit=fast',
    '/data/a/pull?latest=perhaps',
    '/data/*/pull',
    '/data/a/pull?output=nonsense&input=jpg',
  ])('stream-store§8: refuses the handshake %s with 400', async (path) => {
    const refused = await refusedHandshake(`${running.wsUrl}${path}`);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toHaveProperty('detail');
  });

  it.each(['.', '..', '%2e', '%2E%2e', 'a+.', '..%2Ba'])(
    'stream-store§1: refuses the name %j in every path, also from a client that leaves its URL as it is',
    async (name) => {
      const status = (method: string, path: string, headers: OutgoingHttpHeaders = {}): Promise<number | undefined> =>
        new Promise((resolve, reject) => {
          const { hostname, port } = new URL(running.url);
          // Each on a connection of its own, since the server may end one that it has refused.
          const asked = request({ hostname, port, method, path, headers, agent: false });
          asked.on('response', (response) => {
            response.resume();
            resolve(response.statusCode);
          });
          asked.on('error', reject).end();
        });
      const upgrade = {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      };
      const streams = await store.list();
      for (const verb of ['push?batch=true', 'pull'])
        expect([400, 404]).toContain(await status('GET', `/data/${name}/${verb}`, upgrade));
      expect(await status('GET', `/data/${name}`)).toBe(422);
      expect(await status('POST', `/data/${name}`)).toBeGreaterThanOrEqual(400);
      expect(await status('PUT', `/streams/${name}?max_len=5`)).toBeGreaterThanOrEqual(400);
      expect(await status('GET', `/mjpeg/${name}`)).toBeGreaterThanOrEqual(400);
      expect(await store.list()).toEqual(streams);
    },
  );

  it('stream-store§1: refuses an upload to * whose part names a stream "." or ".."', async () => {
    for (const name of ['.', '..']) {
      const form = new FormData();
      form.append('entries', new Blob(['x']), name);
      expect((await fetch(`${running.url}/data/*`, { method: 'POST', body: form })).status).toBe(422);
    }
  });

  it('stream-store#33: takes the words of Python, and ignores what it does not know', async () => {
    const stream = fresh();
    const pusher = await SocketClient.open(`${running.wsUrl}/data/${stream}/push?ack=True&batch=False&last=1`);
    pusher.send(Buffer.from('x'));
    expect(await pusher.nextText()).toMatch(/-/);
    const puller = await SocketClient.open(
      `${running.wsUrl}/data/${stream}/pull?batch=True&latest=False&timeout=0&last_entry_id=0`,
    );
    expect(JSON.parse(await puller.nextText())).toHaveLength(1);
    await Promise.all([pusher.close(), puller.close()]);
  });

  it('whatever frames come, a push ends with a documented code or goes on, all or nothing of each batch', async () => {
    const header = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.array(fc.integer({ min: -1, max: 6 }), { maxLength: 4 }).map((v) => JSON.stringify(v)),
      },
      {
        weight: 2,
        arbitrary: fc
          .array(fc.tuple(fc.constantFrom('a', 'b', '*', ''), fc.integer({ min: 0, max: 5 })), { maxLength: 3 })
          .map((v) => JSON.stringify(v)),
      },
      fc.json({ maxDepth: 2 }),
      fc.string({ maxLength: 20 }),
    );
    const blob = fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes));
    const frames = fc.array(fc.oneof(header, blob), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(frames, fc.constantFrom('', '?batch=true', '?batch=true&ack=true'), async (list, query) => {
        const stream = fresh();
        const client = await SocketClient.open(`${running.wsUrl}/data/${stream}/push${query}`);
        for (const frame of list) client.send(frame);
        client.ws.close(1000);
        const { code } = await client.closed;
        expect([1000, 1003, 1007, 1008, 1009]).toContain(code);
        const { entries } = await store.readAfter(stream, '0-0', { count: 100 });
        const kept = Buffer.concat(entries.map(({ data }) => data)).toString('hex');
        const sent = list.flatMap((frame) => (Buffer.isBuffer(frame) ? [frame.toString('hex')] : []));
        // Stored are whole blobs, from the first on.
        expect(sent.map((_, index) => sent.slice(0, index + 1).join('')).concat('')).toContain(kept);
        bystander.send(Buffer.from('x'));
        await bystander.nextText();
      }),
      { numRuns: 60 },
    );
  });
});
