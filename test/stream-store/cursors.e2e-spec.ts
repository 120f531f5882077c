import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const AHEAD = '9999999999999-5';

describe.each(HTTP_ADAPTERS)('Cursors on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let number = 0;
  const fresh = (): string => `c${(number += 1)}`;
  beforeAll(async () => {
    const module = StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 5000 } });
    running = await startApplication([module], { adapter });
    store = running.app.get(StreamStore);
  });
  afterAll(() => running.close());

  const fill = (stream: string, ...texts: string[]): Promise<string[]> =>
    store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );

  describe('of a pull', () => {
    const open = async (path: string): Promise<{ next: () => Promise<any>; close: () => Promise<void> }> => {
      const client = await SocketClient.open(`${running.wsUrl}/data/${path}`);
      return { next: async () => JSON.parse(await client.nextText()), close: () => client.close() };
    };

    it.each(['latest=false', 'latest=true', 'onebyone=true', 'time_sync_id=0', 'rate_limit=0.01', 'ack=true'])(
      'stream-store#63: are told first when they are asked for, with %s',
      async (options) => {
        const [a, b, none] = [fresh(), fresh(), fresh()];
        const ids = await fill(a, '1', '2', '3');
        const [last] = (await fill(b, 'x')).slice(-1);
        const path = `${a}+${b}+${none}/pull?cursors=true&${options}`;
        const after = await open(`${path}&last_entry_id=${ids[1]}+$+$`);
        expect(await after.next()).toEqual({ cursors: { [a]: ids[1], [b]: last, [none]: '0-0' } });
        expect(await after.next()).toEqual([[a, ids[2], 0]]);
        await after.close();
      },
    );

    it.each(['*', '-'])('stream-store#63: of %s are an ID behind which the newest come', async (word) => {
      const stream = fresh();
      const ids = await fill(stream, '1', '2', '3');
      const first = word === '*' ? ids[1] : ids[2];
      const opened = await open(`${stream}/pull?cursors=true&count=2&last_entry_id=${word}`);
      const { cursors } = await opened.next();
      expect((await opened.next())[0]).toEqual([stream, first, 0]);
      await opened.close();
      const resumed = await open(`${stream}/pull?count=2&last_entry_id=${cursors[stream]}`);
      expect((await resumed.next())[0]).toEqual([stream, first, 0]);
      await resumed.close();
    });

    it('stream-store#52 #63: a deleted stream is told as a gap, and where it goes on', async () => {
      const stream = fresh();
      const [last] = await fill(stream, 'old');
      const live = await open(`${stream}/pull?gaps=true&cursors=true`);
      expect(await live.next()).toEqual({ cursors: { [stream]: last } });
      await store.delete([stream]);
      expect(await live.next()).toEqual({ gap: { stream, after: last } });
      expect(await live.next()).toEqual({ cursors: { [stream]: '0-0' } });
      const [again] = await fill(stream, 'again');
      expect(await live.next()).toEqual([[stream, again, 0]]);
      await live.close();
      const late = await open(`${stream}/pull?gaps=true&last_entry_id=${last}`);
      expect(await late.next()).toEqual({ gap: { stream, after: last, first: again } });
      expect(await late.next()).toEqual([[stream, again, 0]]);
      await late.close();
    });

    it('stream-store#52: an ID above the last one is a gap, and who did not ask for notices gets the entries', async () => {
      const stream = fresh();
      const ids = await fill(stream, '1', '2');
      const silent = await open(`${stream}/pull?count=2&last_entry_id=${AHEAD}`);
      expect((await silent.next()).map(([, id]: string[]) => id)).toEqual(ids);
      await silent.close();
    });
  });

  describe('of a read', () => {
    const read = async (path: string) => {
      const response = await fetch(`${running.url}/data/${path}`);
      const header = (name: string): string => response.headers.get(name) ?? '';
      return {
        status: response.status,
        body: await response.text(),
        ids: (JSON.parse(header('entry-offset')) as [string, string][]).map(([, id]) => id),
        cursor: header('entry-cursor'),
        more: header('entry-more'),
        gap: header('entry-gap'),
        headers: response.headers,
      };
    };

    it('stream-store#64: are in a header, to be given as they are', async () => {
      const [a, b, none] = [fresh(), fresh(), fresh()];
      const [first, second, third] = await fill(a, '1', '2', '3');
      const [other] = await fill(b, 'x');
      const path = `${b}+${a}+${none}`;
      expect((await read(`${path}?last_entry_id=$`)).cursor).toBe(`${other}+${third}+0-0`);
      expect((await read(`${path}?last_entry_id=*`)).cursor).toBe(`${other}+${third}+0-0`);
      expect((await read(`${path}?last_entry_id=0&count=1`)).cursor).toBe(`${other}+${first}+0-0`);
      const page = await read(`${path}?count=1&last_entry_id=${other}+${first}+0-0`);
      expect([page.body, page.cursor]).toEqual(['2', `${other}+${second}+0-0`]);
      expect(page.headers.get('access-control-expose-headers')).toBe(
        'entry-offset, entry-cursor, entry-more, entry-gap, entry-unreadable, entry-ended',
      );
      expect(page.headers.has('entry-more')).toBe(false);
    });

    it('stream-store#64: are told by a long poll that ran out, so that nothing between two polls is lost', async () => {
      const [a, b] = [fresh(), fresh()];
      const [last] = await fill(a, 'old');
      const empty = await read(`${a}+${b}?last_entry_id=$+*&block=20`);
      expect([empty.body, empty.cursor]).toEqual(['', `${last}+0-0`]);
      const [between] = await fill(a, 'between');
      const waiting = await read(`${a}+${b}?last_entry_id=${empty.cursor}&block=10000`);
      expect([waiting.body, waiting.cursor]).toEqual(['between', `${between}+0-0`]);
    });

    it('stream-store#64: are told by a long poll with news', async () => {
      const [a, b] = [fresh(), fresh()];
      const [last] = await fill(a, 'old');
      await waitFor('earlier followers to be freed', () => store.followerLag()?.followers === 0);
      const waiting = read(`${a}+${b}?last_entry_id=$&count=5&block=50000`);
      await waitFor('the follower', () => store.followerLag()?.followers === 1);
      const ids = await fill(b, 'new', 'er');
      const { body, cursor } = await waiting;
      // They may come in one answer or in two.
      expect([`${last}+${ids[0]}`, `${last}+${ids[1]}`]).toContain(cursor);
      const rest = await read(`${a}+${b}?last_entry_id=${cursor}&count=5`);
      expect(body + rest.body).toBe('newer');
    });

    it('stream-store#52: an ID above the last one is a gap, and gets what is there', async () => {
      const stream = fresh();
      const ids = await fill(stream, '1', '2');
      for (const block of [0, 10_000]) {
        const found = await read(`${stream}?last_entry_id=${AHEAD}&count=5&block=${block}`);
        expect(found).toMatchObject({ body: '12', gap: `["${stream}"]`, cursor: ids[1] });
      }
      await store.delete([stream]);
      expect(await read(`${stream}?last_entry_id=${ids[1]}`)).toMatchObject({
        body: '',
        cursor: '0-0',
        gap: `["${stream}"]`,
      });
      const [again] = await fill(stream, 'again');
      expect(await read(`${stream}?last_entry_id=0-0`)).toMatchObject({ body: 'again', cursor: again, gap: '' });
      expect(await read(`${stream}?last_entry_id=${ids[0]}`)).toMatchObject({ body: 'again', gap: `["${stream}"]` });
    });

    it('stream-store#64: entries without room in the header are told, and a poller gets them all', async () => {
      const stream = `${fresh()}-größe-流`;
      const name = encodeURIComponent(stream);
      const ids = await fill(stream, ...Array.from({ length: 900 }, () => 'x'));
      const seen: string[] = [];
      for (let cursor = '0', more = 'true'; more === 'true';) {
        const page = await read(`${name}?last_entry_id=${cursor}&count=900`);
        seen.push(...page.ids);
        ({ cursor, more } = page);
      }
      expect(seen).toEqual(ids);
      const newest = await read(`${name}?count=900`);
      expect(newest).toMatchObject({ more: 'true', cursor: ids.at(-1) });
      expect(newest.ids).toEqual(ids.slice(-newest.ids.length));
      expect((await read(`${name}?count=10`)).more).toBe('');
    });

    it('stream-store#64: entries without room in the body are told', async () => {
      const [a, b] = [fresh(), fresh()];
      const mib = Buffer.alloc(1024 * 1024);
      for (let n = 0; n < 40; n += 1) await store.append(a, [mib]);
      await fill(b, 'x');
      const first = await read(`${a}+${b}?last_entry_id=0&count=100`);
      expect(first).toMatchObject({ more: 'true', cursor: `${first.ids[31]}+0-0` });
      const rest = await read(`${a}+${b}?last_entry_id=${first.cursor}&count=100`);
      expect([rest.ids.length, rest.more]).toEqual([9, '']);
      expect(await read(`${a}+${b}?last_entry_id=*&count=100`)).toMatchObject({ more: 'true' });
      expect((await read(`${a}?last_entry_id=0&count=20`)).more).toBe('');
    });

    it('stream-store#64: all headers stay below 16 KiB, also with many streams', async () => {
      const streams = Array.from({ length: 100 }, () => `${fresh()}-${'n'.repeat(80)}`);
      const id = `${'9'.repeat(19)}-${'9'.repeat(19)}`;
      await store.appendAll(streams.map((stream) => ({ stream, data: Buffer.from('x'), id })));
      let found = 0;
      for (let cursor = '0', more = 'true'; more === 'true';) {
        const page = await read(`${streams.join('+')}?last_entry_id=${cursor}&count=5`);
        const size = [...page.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
        expect(size).toBeLessThan(16 * 1024);
        found += page.ids.length;
        ({ cursor, more } = page);
      }
      expect(found).toBe(100);
    });
  });

  describe('of events', () => {
    const listen = async (path: string, headers: Record<string, string> = {}) => {
      // Not fetch(), which opens a further connection after one that is aborted.
      const asking = request(`${running.url}/data/${path}`, {
        headers: { Accept: 'text/event-stream', ...headers },
        agent: false,
      });
      asking.on('error', () => undefined).end();
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      const heard = { text: '' };
      response.on('data', (chunk: Buffer) => (heard.text += chunk.toString()));
      const close = async (): Promise<void> => {
        asking.destroy();
        await waitFor('the follower to be freed', () => store.followerLag()?.followers === 0);
      };
      return { heard, close };
    };

    it('stream-store#65: are told before the first one', async () => {
      const [a, b] = [fresh(), fresh()];
      const [last] = await fill(a, '1');
      const { heard, close } = await listen(`${a}+${b}`);
      await waitFor('the ID', () => heard.text.includes(`\nid: ${last}+0-0\n\n`));
      await close();
    });

    it('stream-store#65: an empty Last-Event-ID counts as none', async () => {
      const stream = fresh();
      await fill(stream, '1');
      const { heard, close } = await listen(`${stream}?last_entry_id=0`, { 'Last-Event-ID': '' });
      await waitFor('the entry', () => heard.text.includes('"data":1'));
      expect(heard.text).toContain('\nid: 0-0\n\n');
      await close();
    });

    it('stream-store#52 #65: a gap without entries moves the ID, so that it is told once', async () => {
      const [a, b] = [fresh(), fresh()];
      const [last] = await fill(b, '1');
      const { heard, close } = await listen(`${a}+${b}`, { 'Last-Event-ID': `${AHEAD}+${last}` });
      const gap = `event: gap\nid: 0-0+${last}\ndata: {"stream":"${a}","after":"${AHEAD}"}\n\n`;
      await waitFor('the gap', () => heard.text.includes(gap));
      const [first] = await fill(a, '2');
      await waitFor('the entry', () => heard.text.includes(`id: ${first}+${last}\ndata: {"stream":"${a}"`));
      await close();
    });
  });
});
