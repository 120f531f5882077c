import { connect, type Millrace, nodeSources, type StreamEntry } from '@millrace/client';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

describe.each(HTTP_ADAPTERS)('Streams that end, on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let millrace: Millrace;
  let number = 0;
  const fresh = (): string => `e${(number += 1)}`;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
    millrace = await connect(running.url, { sources: nodeSources({ environment: {}, home: '/nonexistent' }) });
  });
  afterAll(async () => {
    await millrace.close({ timeout: 1000 });
    await running.close();
  });

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${running.url}${path}`, init);
  const close = (stream: string): Promise<Response> => get(`/streams/${stream}/close`, { method: 'POST' });
  const open = (path: string): Promise<SocketClient> => SocketClient.open(`${running.wsUrl}/data/${path}`);
  const fill = async (stream: string, ...texts: string[]): Promise<string> => {
    const ids = await store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );
    return ids.at(-1) as string;
  };
  const textsOf = (client: SocketClient): string[] =>
    client.frames.filter(({ isBinary }) => !isBinary).map(({ data }) => data.toString());
  const events = (text: string, name: string): unknown[] =>
    [...text.matchAll(new RegExp(`event: ?${name}\n(?:id: ?.*\n)?data: ?(.*)\n`, 'g'))].map(([, data = '']) =>
      JSON.parse(data),
    );

  it('stream-store#68: POST /streams/{id}/close ends a stream; its description says so, once more as well', async () => {
    const stream = fresh();
    const last = await fill(stream, 'a', 'b');
    expect(await (await get(`/streams/${stream}`)).json()).not.toHaveProperty('ended');
    for (const path of [stream, `${stream}`]) {
      const answer = await close(path);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ sid: stream, ended: true, length: 2, 'last-generated-id': last });
    }
    expect(await (await get(`/streams/${stream}`)).json()).toMatchObject({ ended: true });
  });

  it('stream-store#68: a stream without entries, or several names, cannot be closed', async () => {
    for (const name of ['never', '%2e', 'a+b', '']) expect((await close(name)).status).toBeGreaterThanOrEqual(400);
    expect((await close('never')).status).toBe(404);
    expect(await store.list()).not.toContain('never');
  });

  it('stream-store#68: an ended stream is 409 for an upload and 1008 for a push, which stores nothing', async () => {
    const stream = fresh();
    await fill(stream, 'a');
    const pushing = await open(`${stream}/push?ack=true`);
    pushing.send(Buffer.from('b'));
    await pushing.nextText();
    await close(stream);
    const form = new FormData();
    form.append('entries', new Blob(['x']), 'x');
    const upload = await get(`/data/${stream}`, { method: 'POST', body: form });
    expect([upload.status, ((await upload.json()) as { detail: string }).detail]).toEqual([
      409,
      expect.stringContaining('has ended'),
    ]);
    pushing.send(Buffer.from('c'));
    expect(await pushing.closed).toEqual({ code: 1008, reason: expect.stringContaining('has ended') });
    const batch = await open(`*/push?batch=true`);
    batch.send(JSON.stringify([[stream, 0]]));
    batch.send(Buffer.from('d'));
    expect((await batch.closed).code).toBe(1008);
    expect((await store.describe(stream))?.length).toBe(2);
  });

  it('stream-store#69: a pull gets everything, then is closed with 1000; no notice comes that was not asked for', async () => {
    const stream = fresh();
    await fill(stream, 'a');
    const waiting = await open(`${stream}/pull?last_entry_id=0`);
    await waiting.next();
    await fill(stream, 'b', 'c');
    await close(stream);
    expect(await waiting.closed).toEqual({ code: 1000, reason: expect.stringContaining('end') });
    const blobs = waiting.frames.filter(({ isBinary }) => isBinary).map(({ data }) => data.toString());
    expect(blobs.join('')).toBe('abc');
    expect(textsOf(waiting).every((text) => text.startsWith('['))).toBe(true);
    const late = await open(`${stream}/pull?last_entry_id=$`);
    expect([(await late.closed).code, late.frames]).toEqual([1000, []]);
  });

  it.each(['onebyone=true', 'latest=true', 'output=json', 'count=2', 'timeout=60000', 'rate_limit=0.001'])(
    'stream-store#69: a pull with %s ends behind the last entry',
    async (option) => {
      const [one, other] = [fresh(), fresh()];
      await fill(one, '1', '2', '3');
      await fill(other, '4');
      const reader = await open(`${one}+${other}/pull?last_entry_id=0&ends=true&${option}`);
      await close(one);
      await waitFor('the end of one', () => textsOf(reader).some((text) => text.includes('"end"')));
      await fill(other, '5');
      await close(other);
      expect((await reader.closed).code).toBe(1000);
      const texts = textsOf(reader);
      const notices = texts.flatMap((text) => (text.includes('"end"') ? [JSON.parse(text) as unknown] : []));
      expect(notices).toEqual([
        { end: { stream: one, last: await store.lastId(one) } },
        { end: { stream: other, last: await store.lastId(other) } },
      ]);
      expect(texts.at(-1)).toBe(JSON.stringify(notices[1]));
      expect(reader.frames.at(-2)?.data.toString()).toContain('5');
    },
  );

  it('stream-store#69: with ack=true the end comes behind the last acknowledgement', async () => {
    const stream = fresh();
    await fill(stream, 'a');
    await close(stream);
    const reader = await open(`${stream}/pull?last_entry_id=0&ack=true&ends=true`);
    await reader.next();
    await reader.next();
    // An answer to another request shows that the server had time to say more.
    await get('/ping');
    expect(reader.frames).toHaveLength(2);
    reader.send(Buffer.alloc(0));
    expect(JSON.parse(await reader.nextText())).toHaveProperty('end');
    expect((await reader.closed).code).toBe(1000);
  });

  it('stream-store#82: consumers of a group hear of the end when the group has dealt with everything', async () => {
    const stream = fresh();
    await fill(stream, 'a');
    const path = `${stream}/pull?group=g&last_entry_id=0&ends=true`;
    const one = await open(`${path}&consumer=one`);
    await one.next();
    await one.next();
    const other = await open(`${path}&consumer=other`);
    await close(stream);
    await get('/ping');
    expect([one.frames.length, other.frames.length]).toEqual([2, 0]);
    one.send(Buffer.alloc(0));
    for (const reader of [one, other]) {
      expect((await reader.closed).code).toBe(1000);
      expect(textsOf(reader).at(-1)).toBe(JSON.stringify({ end: { stream, last: await store.lastId(stream) } }));
    }
  });

  it('stream-store#69: a stream that ends, is deleted and ends again is told twice beside one that goes on', async () => {
    const [stream, other] = [fresh(), fresh()];
    await fill(stream, '1');
    const reader = await open(`${stream}+${other}/pull?last_entry_id=0&ends=true`);
    const ends = (): number => textsOf(reader).filter((text) => text.includes('"end"')).length;
    await close(stream);
    await waitFor('the first end', () => ends() === 1);
    await store.delete([stream]);
    await fill(stream, '2');
    await close(stream);
    await waitFor('the second end', () => ends() === 2);
    await reader.close();
  });

  it('stream-store#69: events end with an event, and a resumed reader is told to stop', async () => {
    const [one, other] = [fresh(), fresh()];
    await fill(one, '1');
    await fill(other, '2');
    const headers = { Accept: 'text/event-stream' };
    const following = get(`/data/${one}+${other}?last_entry_id=0`, { headers });
    const answer = await following;
    await close(one);
    await fill(other, '3');
    await close(other);
    const text = await answer.text();
    expect(events(text, 'end')).toEqual([
      { stream: one, last: await store.lastId(one) },
      { stream: other, last: await store.lastId(other) },
    ]);
    expect(text).toContain('"data":3');
    const cursors = [...text.matchAll(/^id: ?(.*)$/gm)].at(-1)?.[1] ?? '';
    const again = await get(`/data/${one}+${other}`, { headers: { ...headers, 'Last-Event-ID': cursors } });
    expect([again.status, await again.text()]).toEqual([204, '']);
    const behind = await get(`/data/${one}+${other}`, { headers: { ...headers, 'Last-Event-ID': '0' } });
    expect(events(await behind.text(), 'end')).toHaveLength(2);
  });

  it('stream-store#69: pictures end', async () => {
    const stream = fresh();
    await fill(stream, 'no picture');
    const answer = await get(`/mjpeg/${stream}`);
    await close(stream);
    expect((await answer.text()).startsWith('--frame')).toBe(true);
  });

  it('stream-store#69: a read that reaches the end says so, and a long poll does not wait there', async () => {
    const stream = fresh();
    const last = await fill(stream, 'a', 'b');
    await close(stream);
    const read = async (query: string): Promise<[string, string | null]> => {
      const answer = await get(`/data/${stream}?${query}`);
      return [await answer.text(), answer.headers.get('entry-ended')];
    };
    const told = JSON.stringify([stream]);
    expect(await read('last_entry_id=0&count=1')).toEqual(['a', null]);
    expect(await read('last_entry_id=0&count=9')).toEqual(['ab', told]);
    expect(await read(`last_entry_id=${last}&block=50000`)).toEqual(['', told]);
    const waiting = fresh();
    const before = await fill(waiting, 'a');
    const polled = get(`/data/${waiting}?last_entry_id=${before}&block=50000`);
    await waitFor('the follower', () => (store.followerLag()?.followers ?? 0) > 0);
    await close(waiting);
    expect((await polled).headers.get('entry-ended')).toBe(JSON.stringify([waiting]));
  });

  it('stream-store#69: a pull of the client finishes, and its push is refused for good', async () => {
    const [one, other] = [fresh(), fresh()];
    const push = millrace.stream(one).push();
    await push.send('1');
    await fill(other, '2');
    const seen: string[] = [];
    const pulling = (async () => {
      for await (const { data } of millrace.streams.pull([one, other], { after: '0' }) as AsyncIterable<StreamEntry>)
        seen.push(Buffer.from(data).toString());
    })();
    await waitFor('the first entries', () => seen.length === 2);
    await fill(one, '3');
    expect(await millrace.stream(one).end()).toMatchObject({ stream: one, ended: true, length: 2 });
    await expect(push.send('4')).rejects.toMatchObject({ code: 'STREAM_CLOSED', closeCode: 1008 });
    await fill(other, '5');
    await millrace.streams.end(other);
    await pulling;
    expect(seen.sort()).toEqual(['1', '2', '3', '5']);
    await expect(millrace.streams.end('never')).rejects.toMatchObject({ status: 404 });
    await push.close().catch(() => undefined);
  });
});
