import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedStore, memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';

type Pair = [offsets: [string, string, number][], blob: Buffer];

describe.each(HTTP_ADAPTERS.flatMap((adapter) => ['memory', 'embedded'].map((store) => [adapter, store] as const)))(
  'Push and pull on %s with the %s store',
  (adapter, storeName) => {
    let running: RunningApplication;
    const directory = mkdtempSync(join(tmpdir(), 'millrace-'));
    beforeAll(async () => {
      const store = storeName === 'memory' ? memoryStore() : embeddedStore({ directory });
      running = await startApplication([StreamStoreModule.forRoot({ store })], { adapter });
    });
    afterAll(async () => {
      await running.close();
      rmSync(directory, { recursive: true });
    });

    let number = 0;
    const fresh = (): string => `stream-${(number += 1)}`;
    const open = (path: string): Promise<SocketClient> => SocketClient.open(`${running.wsUrl}${path}`);
    const pair = async (client: SocketClient): Promise<Pair> => [
      JSON.parse(await client.nextText()),
      (await client.next()).data,
    ];
    const push = async (stream: string, ...texts: (string | Buffer)[]): Promise<string[]> => {
      const client = await open(`/data/${stream}/push?ack=true`);
      const ids: string[] = [];
      for (const text of texts) {
        client.send(Buffer.from(text));
        ids.push(await client.nextText());
      }
      await client.close();
      return ids;
    };
    const all = async (stream: string): Promise<string[]> => {
      const response = await fetch(`${running.url}/data/${stream}?last_entry_id=0&count=1000`);
      const body = Buffer.from(await response.arrayBuffer());
      const offsets: [string, string, number][] = JSON.parse(response.headers.get('entry-offset') ?? '[]');
      return offsets.map(([, , start], index) => body.subarray(start, offsets[index + 1]?.[2]).toString());
    };

    it('stream-store#7 #8: stores each binary message in order, all of them when the client closes at once, and answers nothing', async () => {
      const stream = fresh();
      const client = await open(`/data/${stream}/push`);
      const texts = Array.from({ length: 500 }, (_, index) => `entry ${index}`);
      for (const text of texts) client.send(Buffer.from(text));
      await client.close();
      expect(client.frames).toEqual([]);
      const reader = await open(`/data/${stream}/pull?last_entry_id=0&count=1000`);
      const found: string[] = [];
      while (found.length < texts.length) {
        const [offsets, blob] = await pair(reader);
        found.push(...offsets.map(([, , start], index) => blob.subarray(start, offsets[index + 1]?.[2]).toString()));
      }
      expect(found).toEqual(texts);
      await reader.close();
    });

    it('stream-store#9: acks each entry with its ID, which grow and are the stored ones, also when the client does not wait', async () => {
      const stream = fresh();
      const client = await open(`/data/${stream}/push?ack=True`);
      for (let index = 0; index < 20; index += 1) client.send(Buffer.from([index]));
      const ids: string[] = [];
      while (ids.length < 20) ids.push(await client.nextText());
      const reader = await open(`/data/${stream}/pull?last_entry_id=0&count=20`);
      const [offsets] = await pair(reader);
      expect(offsets.map(([, id]) => id)).toEqual(ids);
      await client.close();
      await reader.close();
    });

    it.each([
      [
        'stream-store#10: start offsets with names',
        '?batch=true&ack=true',
        [
          ['x', 0],
          ['x', 3],
          ['x', 5],
        ],
        ['one', 'tw', 'three'],
      ],
      ['stream-store#11: a batch of one with offset 0', '?batch=true&ack=true', [['x', 0]], ['onetwthree']],
      [
        'stream-store#34: end offsets with names',
        '?batch=true&ack=true',
        [
          ['x', 3],
          ['x', 5],
          ['x', 10],
        ],
        ['one', 'tw', 'three'],
      ],
      ['stream-store#34: plain end offsets', '?batch=true&ack=true', [3, 5, 10], ['one', 'tw', 'three']],
      ['plain start offsets', '?batch=true&ack=true', [0, 3, 5], ['one', 'tw', 'three']],
      ['the doubtful case read as starts', '?batch=true&ack=true', [0, 10], ['onetwthree', '']],
      ['the doubtful case settled as ends', '?batch=true&ack=true&offsets=end', [0, 10], ['', 'onetwthree']],
      ['an empty batch', '?batch=true&ack=true', [], []],
    ])('%s', async (_what, query, header, entries) => {
      const stream = fresh();
      const client = await open(`/data/${stream}/push${query}`);
      client.send(JSON.stringify(header));
      client.send(Buffer.from(header.length > 0 ? 'onetwthree' : ''));
      const ack = await client.nextText();
      expect(ack === '' ? [] : ack.split(',')).toHaveLength(entries.length);
      expect(await all(stream)).toEqual(entries);
      await client.close();
    });

    it('stream-store#13: a batch on a named stream ignores names in the header', async () => {
      const [stream, other] = [fresh(), fresh()];
      const client = await open(`/data/${stream}/push?batch=true&ack=true`);
      client.send(
        JSON.stringify([
          [other, 0],
          ['*', 1],
        ]),
      );
      client.send(Buffer.from('ab'));
      await client.nextText();
      expect(await all(stream)).toEqual(['a', 'b']);
      expect(await all(other)).toEqual([]);
      await client.close();
    });

    it.each(['', '&batch=true'])(
      'stream-store#12: * implies batches (%s), entries go to the named streams, the ack is in batch order',
      async (more) => {
        const [a, b] = [fresh(), fresh()];
        const client = await open(`/data/*/push?ack=true${more}`);
        client.send(
          JSON.stringify([
            [b, 0],
            [a, 1],
            [b, 3],
          ]),
        );
        client.send(Buffer.from('1223'));
        const ids = (await client.nextText()).split(',');
        const reader = await open(`/data/${a}+${b}/pull?last_entry_id=0&count=5`);
        const [offsets, blob] = await pair(reader);
        expect(offsets.map(([stream, id]) => [stream, id])).toEqual([
          [a, ids[1]],
          [b, ids[0]],
          [b, ids[2]],
        ]);
        expect(blob.toString()).toBe('2213');
        await client.close();
        await reader.close();
      },
    );

    it('stream-store#14: brings any bytes back as they were, an empty entry and one of 16 MiB too', async () => {
      const stream = fresh();
      const entries = [
        Buffer.alloc(0),
        Buffer.from([0, 10, 13, 255]),
        Buffer.alloc(1024 * 1024, 7),
        Buffer.alloc(16 * 1024 * 1024, 9),
      ];
      await push(stream, ...entries);
      const reader = await open(`/data/${stream}/pull?last_entry_id=0`);
      for (const entry of entries) expect((await pair(reader))[1].equals(entry)).toBe(true);
      await reader.close();
    });

    it('stream-store#15 #16 #21: a pull sends nothing old, waits, then sends pairs of what comes', async () => {
      const stream = fresh();
      await push(stream, 'old');
      const reader = await open(`/data/${stream}/pull`);
      // The next pull shows that the first one has begun: its end was taken before.
      const other = await open(`/data/${stream}/pull?last_entry_id=0`);
      expect((await pair(other))[1].toString()).toBe('old');
      const [id] = await push(stream, 'new');
      expect(await pair(reader)).toEqual([[[stream, id, 0]], Buffer.from('new')]);
      expect(reader.frames).toHaveLength(2);
      await reader.close();
      await other.close();
    });

    it('stream-store#17 #18: pulls after an ID, count bounding each pair: 3 and 2', async () => {
      const stream = fresh();
      const ids = await push(stream, '0', '1', '2', '3', '4', '5');
      const reader = await open(`/data/${stream}/pull?last_entry_id=${ids[0]}&count=3`);
      const [first] = await pair(reader);
      const [second, blob] = await pair(reader);
      expect(first.map(([, id]) => id)).toEqual(ids.slice(1, 4));
      expect(second.map(([, id]) => id)).toEqual(ids.slice(4));
      expect(blob.toString()).toBe('45');
      await reader.close();
    });

    it('stream-store#19 #40: joined streams, a last ID each; onebyone gives a pair a stream', async () => {
      const [a, b] = [fresh(), fresh()];
      const [a1] = await push(a, 'a1', 'a2');
      await push(b, 'b1');
      const reader = await open(`/data/${a}+${b}/pull?last_entry_id=${a1}+0&onebyone=true`);
      expect((await pair(reader))[1].toString()).toBe('a2');
      expect((await pair(reader))[1].toString()).toBe('b1');
      await push(b, 'b2');
      expect((await pair(reader))[0]).toHaveLength(1);
      await reader.close();
    });

    it('stream-store#20: several pullers of one stream each get everything', async () => {
      const stream = fresh();
      const readers = await Promise.all(Array.from({ length: 5 }, () => open(`/data/${stream}/pull?last_entry_id=0`)));
      await push(stream, 'a', 'b', 'c');
      for (const reader of readers) {
        let text = '';
        for (let index = 0; index < 3; index += 1) text += (await pair(reader))[1].toString();
        expect(text).toBe('abc');
        await reader.close();
      }
    });

    it('stream-store#35: own IDs in a batch; the ack repeats them', async () => {
      const stream = fresh();
      const client = await open(`/data/${stream}/push?batch=true&ack=true`);
      client.send(
        JSON.stringify([
          ['x', '5-3', 0],
          ['x', '6', 1],
          ['x', '6-*', 2],
          ['x', 7, 3],
        ]),
      );
      client.send(Buffer.from('abcd'));
      expect(await client.nextText()).toBe('5-3,6-0,6-1,7-0');
      await client.close();
    });

    it.each([null, '*', '', 0])('stream-store#35: the ID %j in a batch asks for a new one', async (id) => {
      const stream = fresh();
      const client = await open(`/data/*/push?ack=true`);
      client.send(
        JSON.stringify([
          [stream, '5-3', 0],
          [stream, id, 1],
        ]),
      );
      client.send(Buffer.from('ab'));
      const [own, given] = (await client.nextText()).split(',');
      expect(own).toBe('5-3');
      expect(Number(given?.split('-')[0])).toBeGreaterThan(1_600_000_000_000);
      expect(await all(stream)).toEqual(['a', 'b']);
      await client.close();
    });

    it('stream-store#36: a push to a+b goes by position or by name', async () => {
      const [a, b] = [fresh(), fresh()];
      const client = await open(`/data/${a}+${b}/push?batch=true&ack=true`);
      client.send(JSON.stringify([1, 3]));
      client.send(Buffer.from('abb'));
      await client.nextText();
      client.send(
        JSON.stringify([
          [b, 1],
          [a, 2],
          [a, 3],
        ]),
      );
      client.send(Buffer.from('BAA'));
      await client.nextText();
      expect(await all(a)).toEqual(['a', 'A', 'A']);
      expect(await all(b)).toEqual(['bb', 'B']);
      await client.close();
    });

    it('stream-store#37: latest=true skips to the newest, latest=false sends all, - starts with the newest', async () => {
      const stream = fresh();
      await push(stream, '1', '2', '3');
      const first = async (query: string): Promise<string> => {
        const reader = await open(`/data/${stream}/pull?${query}`);
        const [, blob] = await pair(reader);
        await reader.close();
        return blob.toString();
      };
      expect(await first('last_entry_id=0&latest=true')).toBe('3');
      expect(await first('last_entry_id=0&latest=false')).toBe('1');
      expect(await first('last_entry_id=-')).toBe('3');
      expect(await first('last_entry_id=*&count=2')).toBe('23');
    });

    it('stream-store#38: timeout ends an idle pull with 1000', async () => {
      const reader = await open(`/data/${fresh()}/pull?timeout=50`);
      expect((await reader.closed).code).toBe(1000);
    });

    it('stream-store#39: with ack=true the next pair comes only after a message', async () => {
      const stream = fresh();
      await push(stream, 'a', 'b');
      const reader = await open(`/data/${stream}/pull?last_entry_id=0&ack=True`);
      await pair(reader);
      await push(fresh(), 'time passes');
      expect(reader.frames).toHaveLength(2);
      reader.send(Buffer.alloc(0));
      expect((await pair(reader))[1].toString()).toBe('b');
      await reader.close();
    });

    it('stream-store#41: rate_limit keeps pairs apart while others are served', async () => {
      const stream = fresh();
      await push(stream, 'a', 'b', 'c');
      const from = performance.now();
      const reader = await open(`/data/${stream}/pull?last_entry_id=0&rate_limit=0.2`);
      const times: number[] = [];
      for (let index = 0; index < 3; index += 1) {
        await pair(reader);
        times.push(performance.now());
      }
      // A pair may be seen late, so the next one soon after it; but none before its time. Without the limit they come at once.
      expect((times[1] ?? 0) - from).toBeGreaterThan(190);
      expect((times[2] ?? 0) - from).toBeGreaterThan(380);
      await reader.close();
    });

    it('stream-store#42: time_sync_id repeats nothing and skips no entry of the time keeper', async () => {
      const [keeper, other] = [fresh(), fresh()];
      const client = await open(`/data/*/push?ack=true`);
      client.send(
        JSON.stringify([
          [keeper, '10-0', 0],
          [keeper, '20-0', 1],
          [keeper, '30-0', 2],
          [other, '15-0', 3],
          [other, '16-0', 4],
          [other, '99-0', 5],
        ]),
      );
      client.send(Buffer.from('123abz'));
      await client.nextText();
      for (const sync of ['0', keeper]) {
        const reader = await open(`/data/${keeper}+${other}/pull?last_entry_id=0&time_sync_id=${sync}`);
        const seen: string[] = [];
        while (seen.filter((id) => id.startsWith(keeper)).length < 3) {
          for (const [stream, id] of (await pair(reader))[0]) seen.push(`${stream} ${id}`);
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => id.startsWith(keeper))).toEqual(
          ['10-0', '20-0', '30-0'].map((id) => `${keeper} ${id}`),
        );
        await reader.close();
      }
      await client.close();
    });

    it.each<[string, string, (string | Buffer)[], number]>([
      ['text for an entry', '', ['text'], 1003],
      ['binary for a header', '?batch=true', [Buffer.from('x')], 1003],
      ['text for a blob', '?batch=true', ['[0]', 'text'], 1003],
      ['a header that is no JSON', '?batch=true', ['[0', Buffer.from('x')], 1007],
      ['a header that is no list', '?batch=true', ['{}', Buffer.from('x')], 1007],
      ['mixed forms', '?batch=true', ['[["a",0],1]', Buffer.from('xx')], 1007],
      ['falling offsets', '?batch=true', ['[0,2,1]', Buffer.from('xxx')], 1007],
      ['an offset behind the blob', '?batch=true', ['[0,9]', Buffer.from('xxx')], 1007],
      ['an end that is not the blob’s', '?batch=true', ['[1,2]', Buffer.from('xxx')], 1007],
      ['a negative offset', '?batch=true', ['[-1]', Buffer.from('xxx')], 1007],
      ['an offset that is no whole number', '?batch=true', ['[0.5]', Buffer.from('xxx')], 1007],
      ['an ID that is none', '?batch=true', ['[["a","x",0]]', Buffer.from('xxx')], 1008],
      ['an ID of 0-0', '?batch=true', ['[["a","0-0",0]]', Buffer.from('xxx')], 1008],
    ])('stream-store#45: closes on %s with a code, and stores nothing', async (_what, query, frames, code) => {
      const stream = fresh();
      const client = await open(`/data/${stream}/push${query}`);
      for (const frame of frames) client.send(frame);
      expect((await client.closed).code).toBe(code);
      expect(await all(stream)).toEqual([]);
    });

    it.each<[string, string, (string | Buffer)[]]>([
      ['plain offsets to *', '/data/*/push', ['[0]', Buffer.from('x')]],
      ['a joined path without batch', '/data/a+b/push', []],
      ['more entries than joined names', '/data/a+b/push?batch=true', ['[1,2,3]', Buffer.from('xyz')]],
      ['a name that is not joined', '/data/a+b/push?batch=true', ['[["c",0]]', Buffer.from('x')]],
      ['a bad last ID', '/data/a/pull?last_entry_id=x', []],
      ['a time keeper that is none of the streams', '/data/a+b/pull?time_sync_id=c', []],
    ])('stream-store§8: closes %s with 1008', async (_what, path, frames) => {
      const client = await open(path);
      for (const frame of frames) client.send(frame);
      expect((await client.closed).code).toBe(1008);
    });

    it('stream-store#46: refuses an own ID that is not above the last one, and nothing behind it goes in', async () => {
      const stream = fresh();
      const client = await open(`/data/${stream}/push?batch=true&ack=true`);
      const send = (header: unknown, blob: string): void => {
        client.send(JSON.stringify(header));
        client.send(Buffer.from(blob));
      };
      send([['x', '10-0', 0]], 'good');
      send(
        [
          ['x', '11-0', 0],
          ['x', '9-0', 1],
        ],
        'ab',
      );
      send([['x', '12-0', 0]], 'behind');
      send([0], 'behind too');
      expect((await client.closed).code).toBe(1008);
      expect(await all(stream)).toEqual(['good']);
    });
  },
);
