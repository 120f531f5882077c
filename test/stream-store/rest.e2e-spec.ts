import { ServerResponse } from 'node:http';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import sharp from 'sharp';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';

describe.each(HTTP_ADAPTERS)('Streams over REST on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(`${running.url}${path}`, init);
  const json = async (path: string, init?: RequestInit): Promise<any> => (await get(path, init)).json();
  const fill = (stream: string, ...texts: string[]): Promise<string[]> =>
    store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );
  const upload = (
    path: string,
    parts: [field: string, text: string | Buffer, filename?: string][],
  ): Promise<Response> => {
    const form = new FormData();
    for (const [field, text, filename] of parts) {
      if (filename === undefined) form.append(field, text.toString());
      else form.append(field, new Blob([text]), filename);
    }
    return get(path, { method: 'POST', body: form });
  };

  it('stream-store#22: lists a stream after its first entry, sorted, and not for its metadata alone', async () => {
    await fill('list-b', 'x');
    await fill('list-a', 'x');
    await get('/streams/list-meta', { method: 'PUT', body: '{"a":1}' });
    const names: string[] = await json('/streams/');
    expect(names.filter((name) => name.startsWith('list-'))).toEqual(['list-a', 'list-b']);
    expect(names).toEqual(names.toSorted());
  });

  it('stream-store#25: /ping is true, slashes at the end do not matter, errors have a detail', async () => {
    for (const path of ['/ping', '/ping/']) expect(await (await get(path)).text()).toBe('true');
    const failed = await get('/ping/error');
    expect(failed.status).toBe(500);
    expect(await failed.json()).toHaveProperty('detail');
    expect(
      await json('/ping/auth?token=t', { headers: { Authorization: 'Bearer h', Cookie: 'a=b; authorization=c' } }),
    ).toEqual({
      query: 't',
      headers: 'Bearer h',
      cookies: 'c',
    });
  });

  it('stream-store#27: PUT merges a JSON body, replaces with override, and answers the metadata', async () => {
    const put = async (query: string, body?: string): Promise<any> => {
      const answer = await json(`/streams/meta${query}`, {
        method: 'PUT',
        body,
        headers: { 'Content-Type': 'application/json' },
      });
      return typeof answer === 'string' ? JSON.parse(answer) : answer;
    };
    expect(await put('', '{"a":1,"b":{"c":2}}')).toEqual({ a: 1, b: { c: 2 } });
    expect(await put('/', '{"a":2}')).toEqual({ a: 2, b: { c: 2 } });
    expect(await put('?override=True', '{"d":4}')).toEqual({ d: 4 });
    expect(await put('?desc=text&meta=%7B%22m%22%3A1%7D&max_len=7')).toEqual({
      d: 4,
      description: 'text',
      m: 1,
      max_len: 7,
    });
    expect(JSON.parse((await json('/streams/meta')).meta)).toMatchObject({ max_len: 7 });
  });

  it('stream-store#27: PUT keeps fields of any name', async () => {
    const body = '{"__proto__":{"max_len":1},"constructor":2,"toString":null}';
    const answer = await json('/streams/any-field', { method: 'PUT', body });
    expect(answer).toBe(body);
    expect((await json('/streams/any-field')).meta).toBe(body);
  });

  it.each([
    ['no body', undefined, ''],
    ['no JSON', '{broken', ''],
    ['no object', '[1]', ''],
    ['a bound that is none', '{"max_len":0}', ''],
    ['a bound of another type', '{"max_bytes":"many"}', ''],
    ['a query value that does not parse', '{}', '?override=perhaps'],
    ['meta that is no object', undefined, '?meta=3'],
  ])('stream-store#44: PUT refuses %s with 422 and stores nothing', async (_what, body, query) => {
    const response = await get(`/streams/refused${query}`, {
      method: 'PUT',
      body,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(response.status).toBe(422);
    expect((await response.json()) as object).toHaveProperty('detail');
    expect((await json('/streams/refused')).meta).toBeNull();
  });

  it('stream-store#28: describes a stream; an unknown one is 200 with an error, 400 with report_error', async () => {
    const ids = await fill('described', 'a', 'b', 'c');
    const information = await json('/streams/described');
    expect(information).toMatchObject({
      sid: 'described',
      length: 3,
      'entries-added': 3,
      'last-generated-id': ids[2],
      'first-entry': ids[0],
      'last-entry': ids[2],
      'recorded-first-entry-id': ids[0],
      groups: 0,
      meta: null,
    });
    for (const field of ['radix-tree-keys', 'radix-tree-nodes', 'max-deleted-entry-id'])
      expect(information).toHaveProperty([field]);
    expect(information['first-entry-time']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
    const unknown = await get('/streams/unknown');
    expect(unknown.status).toBe(200);
    expect(await unknown.json()).toEqual({ sid: 'unknown', error: 'no such key', meta: null });
    const reported = await get('/streams/unknown?report_error=true');
    expect(reported.status).toBe(400);
    expect(await reported.json()).toEqual({ detail: 'no such key' });
    const all: any[] = await json('/streams?info=True');
    expect(all.find(({ sid }) => sid === 'described')).toEqual(information);
  });

  it('stream-store#29: DELETE removes joined streams, unknown ones too, and answers three numbers each', async () => {
    await fill('gone-a', '1', '2');
    await get('/streams/gone-a', { method: 'PUT', body: '{"x":1}' });
    const response = await get('/streams/gone-a+gone-b', { method: 'DELETE' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual([1, 2, 1, 0, 0, 0]);
    expect(await json('/streams')).not.toContain('gone-a');
  });

  it('stream-store#47: max_len bounds a stream; without it the newest 1000 stay', async () => {
    const length = async (stream: string): Promise<number> => (await json(`/streams/${stream}`)).length;
    await get('/streams/bounded', { method: 'PUT', body: '{"max_len":20}' });
    for (let index = 0; index < 60; index += 1) await fill('bounded', String(index));
    expect(await length('bounded')).toBeGreaterThanOrEqual(20);
    expect(await length('bounded')).toBeLessThanOrEqual(120);
    const newest = await (await get('/data/bounded?count=2')).text();
    expect(newest).toBe('5859');
    for (let index = 0; index < 15; index += 1) await fill('unbounded', ...Array.from({ length: 100 }, () => 'x'));
    expect(await length('unbounded')).toBeGreaterThanOrEqual(1000);
    expect(await length('unbounded')).toBeLessThanOrEqual(1100);
  });

  describe('GET /data', () => {
    let ids: string[];
    beforeAll(async () => {
      ids = await fill('read', 'one', 'two', 'three');
      await fill('read2', 'x', 'yy');
    });
    const read = async (path: string): Promise<{ body: string; offsets: [string, string, number][] }> => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/octet-stream');
      return { body: await response.text(), offsets: JSON.parse(response.headers.get('entry-offset') ?? '') };
    };

    it.each([
      ['', 'three'],
      ['?last_entry_id=*&count=2', 'twothree'],
      ['?last_entry_id=0', 'one'],
      ['?last_entry_id=0-0&count=9', 'onetwothree'],
      ['?last_entry_id=$&count=9', ''],
    ])('stream-store#30: answers %s', async (query, body) => {
      expect((await read(`/data/read${query}`)).body).toBe(body);
    });

    it('stream-store#30: an ID means greater ones; entry-offset says where each starts; an unknown stream is empty', async () => {
      expect(await read(`/data/read?last_entry_id=${ids[0]}&count=5`)).toEqual({
        body: 'twothree',
        offsets: [
          ['read', ids[1], 0],
          ['read', ids[2], 3],
        ],
      });
      expect(await read('/data/nothing?count=5')).toEqual({ body: '', offsets: [] });
    });

    it.each(['$+0', '$%2B0', '$ 0'.replace(' ', '%20')])(
      'stream-store#31: joined streams take a last ID each, joined as %s',
      async (cursors) => {
        const { body, offsets } = await read(`/data/read+read2?count=5&last_entry_id=${cursors}`);
        expect(body).toBe('xyy');
        expect(offsets.map(([stream]) => stream)).toEqual(['read2', 'read2']);
      },
    );

    it('stream-store#31: one last ID stands for all; streams asked with * come first', async () => {
      expect((await read('/data/read%2Bread2?count=5&last_entry_id=0')).body).toBe('onetwothreexyy');
      expect((await read('/data/read+read2?count=2&last_entry_id=0+*')).body).toBe('xyyonetwo');
    });

    it.each([
      'last_entry_id=abc',
      'last_entry_id=1-2-3',
      'last_entry_id=-',
      'count=0',
      'count=-1',
      'count=x',
      'count=1.5',
      'last_entry_id=18446744073709551616',
      'block=x',
      'output=bmp&input=jpg',
      'last_entry_id=0+0',
    ])('stream-store#44: refuses %s with 400 or 422', async (query) => {
      const response = await get(`/data/read?${query}`);
      expect([400, 422]).toContain(response.status);
      expect((await response.json()) as object).toHaveProperty('detail');
    });

    it.each(['a+a', '%00', 'x'.repeat(513), '%E0%A4%A', 'a+', 'XMETA:read'])('refuses the name %s', async (name) => {
      expect([400, 422]).toContain((await get(`/data/${name}`)).status);
    });

    it('gives fewer entries than asked for before its header grows past what clients take', async () => {
      const many = await fill('many', ...Array.from({ length: 900 }, (_, index) => `${index},`));
      const { body, offsets } = await read('/data/many?last_entry_id=0&count=900');
      expect(offsets.length).toBeGreaterThan(100);
      expect(offsets.length).toBeLessThan(900);
      expect(offsets[0]?.[1]).toBe(many[0]);
      expect(body.split(',')).toHaveLength(offsets.length + 1);
      expect((await read('/data/many?count=900')).offsets.at(-1)?.[1]).toBe(many.at(-1));
    });

    it('tells of entries which retention has taken after the ID that was given', async () => {
      await get('/streams/overtaken?max_len=1', { method: 'PUT' });
      const [first = ''] = await fill('overtaken', 'first');
      expect((await get(`/data/overtaken?last_entry_id=${first}`)).headers.has('entry-gap')).toBe(false);
      for (let index = 0; index < 20; index += 1) await fill('overtaken', ...Array.from({ length: 20 }, () => 'x'));
      const response = await get(`/data/read+overtaken?last_entry_id=0+${first}&count=3`);
      expect(JSON.parse(response.headers.get('entry-gap') ?? '')).toEqual(['overtaken']);
      expect(await response.text()).toMatch(/^onetwothreex+$/);
      expect((await get('/data/overtaken?last_entry_id=0')).headers.has('entry-gap')).toBe(false);
    });

    it('escapes names outside ASCII in the header', async () => {
      await fill('größe-流', 'x');
      const { offsets } = await read(`/data/${encodeURIComponent('größe-流')}`);
      expect(offsets[0]?.[0]).toBe('größe-流');
    });

    it('stream-store#48: line feeds come as fast as other bytes: the body is not looked at', async () => {
      const feeds = Buffer.alloc(4 * 1024 * 1024, '\n');
      await store.append('feeds', [feeds]);
      // Counted where they are written: in how many pieces they come, the buffers between decide.
      const written = jest.spyOn(ServerResponse.prototype, 'write');
      const response = await get('/data/feeds');
      expect(response.headers.get('content-length')).toBe(String(feeds.length));
      expect(feeds.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
      // Sent line by line it would go in millions of pieces.
      expect(written.mock.calls.length).toBeLessThan(1000);
      written.mockRestore();
    });

    it('waits for news with block, and answers empty when none come', async () => {
      await fill('polled', 'old');
      const waiting = read('/data/polled?last_entry_id=$&block=60000');
      await waitFor('the follower', () => store.followerLag()?.followers === 1);
      await fill('polled', 'new');
      expect((await waiting).body).toBe('new');
      expect((await read('/data/polled?last_entry_id=$&block=20')).body).toBe('');
    });

    it('streams JSON entries as server-sent events, resumable, and says what is no JSON', async () => {
      const [first] = await fill('events', '{ "n": 1 }', 'not json', '{"n":2}');
      const controller = new AbortController();
      const response = await get('/data/events?last_entry_id=0', {
        headers: { Accept: 'text/event-stream' },
        signal: controller.signal,
      });
      expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      let text = '';
      const reading = (async () => {
        for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
      })().catch(() => undefined);
      await waitFor('three events', () => text.includes('"n":2'));
      expect(text).toContain(`id: ${first}\ndata: {"stream":"events","id":"${first}","data":{"n":1}}\n\n`);
      expect(text).toContain('event: unreadable\n');
      controller.abort();
      await reading;
      await waitFor('the follower to be freed', () => store.followerLag()?.followers === 0);
    });
  });

  describe('POST /data', () => {
    it('stream-store#32: parts named entries become entries in order, and the IDs are answered', async () => {
      const response = await upload('/data/up', [
        ['entries', 'first', 'a'],
        ['other', 'ignored', 'x'],
        ['field', 'ignored'],
        ['entries', Buffer.from([0, 255, 10, 13]), 'b'],
        ['entries', '', 'c'],
      ]);
      expect(response.status).toBe(200);
      const ids = await response.json();
      const { entries } = await store.readAfter('up', '0-0', { count: 10 });
      expect(entries.map(({ id }) => id)).toEqual(ids);
      expect(entries.map(({ data }) => data)).toEqual([
        Buffer.from('first'),
        Buffer.from([0, 255, 10, 13]),
        Buffer.alloc(0),
      ]);
    });

    it('stream-store#32: POST /data/* goes by filename', async () => {
      const response = await upload('/data/*', [
        ['entries', '1', 'star-a'],
        ['entries', '2', 'star-b'],
      ]);
      expect(response.status).toBe(200);
      expect((await store.readNewest('star-b', 1))[0]?.data.toString()).toBe('2');
    });

    it('takes the time of the device header as ID with parse_meta', async () => {
      const entry = Buffer.alloc(30);
      entry.writeBigUInt64LE(1_700_000_000_123n, 2);
      expect(await (await upload('/data/device?parse_meta=true', [['entries', entry, 'a']])).json()).toEqual([
        '1700000000123-0',
      ]);
    });

    it('stream-store#32: answers 4xx without such parts, or for what is no form, and stores nothing', async () => {
      expect((await upload('/data/none', [['other', 'x', 'a']])).status).toBe(422);
      expect((await upload('/data/none', [['entries', 'no file']])).status).toBe(422);
      expect(
        (await get('/data/none', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } }))
          .status,
      ).toBe(422);
      const broken = { 'Content-Type': 'multipart/form-data; boundary=b' };
      expect(
        (
          await get('/data/none', {
            method: 'POST',
            body: '--b\r\nContent-Disposition: form-data; name="entries"; filename="x"\r\n\r\ncut',
            headers: broken,
          })
        ).status,
      ).toBe(400);
      expect(
        (
          await get('/data/none', {
            method: 'POST',
            body: 'x',
            headers: { 'Content-Type': 'multipart/form-data; boundary=' },
          })
        ).status,
      ).toBe(400);
      expect(await json('/streams')).not.toContain('none');
    });

    it('refuses an entry over the limit with 413 and stores nothing', async () => {
      const response = await upload('/data/large', [
        ['entries', 'small', 'a'],
        ['entries', Buffer.alloc(16 * 1024 * 1024 + 1), 'b'],
      ]).catch((error: unknown) => error);
      if (response instanceof Response) expect(response.status).toBe(413);
      else expect(response).toBeInstanceOf(Error);
      expect(await json('/streams')).not.toContain('large');
    });
  });

  it('converts JPEG to PNG and compacts JSON', async () => {
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#f00' } })
      .jpeg()
      .toBuffer();
    await store.append('pictures', [picture]);
    const png = Buffer.from(await (await get('/data/pictures?output=png&input=jpg')).arrayBuffer());
    expect((await sharp(png).metadata()).format).toBe('png');
    await fill('spaced', '{ "a" : [ 1 ] }');
    expect(await (await get('/data/spaced?output=json&input=json')).text()).toBe('{"a":[1]}');
    // Entries whose format is not said are looked at.
    expect(await (await get('/data/spaced?output=json')).text()).toBe('{"a":[1]}');
    const same = Buffer.from(await (await get('/data/pictures?output=jpg')).arrayBuffer());
    expect(same.equals(picture)).toBe(true);
    expect((await get('/data/spaced?output=jpg')).headers.has('entry-unreadable')).toBe(true);
    expect(await (await get('/data/spaced?output=null')).text()).toBe('');
  });

  it('shows pictures as MJPEG: a black one first, then each entry that is one', async () => {
    const controller = new AbortController();
    const response = await get('/mjpeg/film', { signal: controller.signal });
    expect(response.headers.get('content-type')).toBe('multipart/x-mixed-replace;boundary=frame');
    let body = Buffer.alloc(0);
    const reading = (async () => {
      for await (const chunk of response.body ?? []) body = Buffer.concat([body, chunk as Uint8Array]);
    })().catch(() => undefined);
    await waitFor('the first picture', () => body.includes('--frame\r\nContent-Type: image/jpeg\r\n'));
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#00f' } })
      .jpeg()
      .toBuffer();
    await store.append('film', [Buffer.from('no picture'), picture]);
    await waitFor('the entry', () => body.includes(picture));
    expect(body.includes('no picture')).toBe(false);
    controller.abort();
    await reading;
  });
});

it.each(['api', 'data', 'database', 'streams-of-ours'])(
  'streams are reached behind the global prefix %s',
  async (prefix) => {
    const running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })], {
      prepare: (app) => void app.setGlobalPrefix(prefix),
    });
    const root = `${running.url}/${prefix}`;
    const body = new FormData();
    body.append('entries', new Blob(['x']), 'x');
    expect((await fetch(`${root}/data/data`, { method: 'POST', body })).status).toBe(200);
    expect(await (await fetch(`${root}/data/data/`)).text()).toBe('x');
    expect((await fetch(`${root}/streams/streams`, { method: 'PUT', body: '{"a":1}' })).status).toBe(200);
    expect(await (await fetch(`${root}/streams/data`)).json()).toMatchObject({ sid: 'data', length: 1 });
    expect((await fetch(`${root}/data/a/b`)).status).toBe(404);
    await running.close();
  },
);
