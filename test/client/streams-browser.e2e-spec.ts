import type * as Client from '@millrace/client';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { buildClient, type BuiltClient, pageModule } from './support/browser-files.js';

/** What the page has in its global scope. */
interface StreamsPage {
  client: typeof Client;
  millrace: Client.Millrace;
  /** What a pull has brought so far. */
  seen: string[];
}

let built: BuiltClient;
let browser: Browser;

beforeAll(async () => {
  [built, browser] = await Promise.all([buildClient(), startBrowser()]);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

describe.each(HTTP_ADAPTERS)('Streams in a page, from a server on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  let page: Page;
  beforeAll(async () => {
    const streams = StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 2000 } });
    running = await startApplication([streams, pageModule(() => built)], { adapter });
    store = running.app.get(StreamStore);
    page = await browser.newPage();
    await page.goto(`${running.url}/page`);
    await page.waitForFunction(() => 'client' in globalThis);
    await page.evaluate(async () => {
      const global = globalThis as unknown as StreamsPage;
      global.millrace = await global.client.connect();
    });
  });
  afterAll(async () => {
    await page?.close();
    await running?.close();
  });

  const append = (stream: string, ...texts: string[]): Promise<string[]> =>
    store.append(
      stream,
      texts.map((text) => Buffer.from(text)),
    );
  const numbers = (to: number, from = 0): string[] => Array.from({ length: to - from }, (_, n) => String(from + n));
  const seen = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as StreamsPage).seen);
  const follows = (count: number): Promise<unknown> =>
    waitFor('the follower', () => store.followerLag()?.followers === count);

  it('follows from the tail, and hears of gaps and of what cannot be converted', async () => {
    const [first = ''] = await append('tail', '"old"');
    await append('tail', ...numbers(2500));
    const following = page.evaluate(async (after) => {
      const global = globalThis as unknown as StreamsPage;
      global.seen = [];
      const say = (text: string): unknown => global.seen.push(text);
      const options: Client.PullOptions = {
        after,
        output: 'json',
        onGap: (gap) => void say(`gap after ${gap.after}`),
        onUnreadable: ({ bytes }) => void say(`unreadable ${bytes}`),
      };
      for await (const { data } of global.millrace.streams.pull('tail', options))
        if (say(new TextDecoder().decode(data)) === 2003) break;
    }, first);
    await waitFor('the gap and what is kept', async () => (await seen()).length === 2001);
    await append('tail', 'not JSON', '"live"');
    await following;
    expect(await seen()).toEqual([`gap after ${first}`, ...numbers(2500, 500), 'unreadable 8', '"live"']);
    const fromNow = page.evaluate(async () => {
      for await (const { data } of (globalThis as unknown as StreamsPage).millrace.streams.pull('tail'))
        return new TextDecoder().decode(data);
      return undefined;
    });
    await follows(1);
    await append('tail', '"new"');
    expect(await fromNow).toBe('"new"');
  });

  it('pulls a range by times, a bounded part of it at a time', async () => {
    const entries = Array.from({ length: 1000 }, (_, n) => ({
      stream: 'range',
      id: `${1000 + n}-0`,
      data: Buffer.alloc(10_000, n % 256),
    }));
    await store.appendAll(entries);
    const outcome = await page.evaluate(async () => {
      const { millrace } = globalThis as unknown as StreamsPage;
      const ids: string[] = [];
      let bytes = 0;
      for await (const { id, data } of millrace.streams.pull('range', { after: '1099', until: '1899', count: 10 })) {
        ids.push(id);
        bytes += data.length;
        // The page is slow: what it has not taken stays with the server.
        if (ids.length % 200 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      return { first: ids[0], last: ids.at(-1), count: ids.length, bytes };
    });
    expect(outcome).toEqual({ first: '1100-0', last: '1899-0', count: 800, bytes: 8_000_000 });
  });

  it('shows the newest picture only, as JPEG, and hears how many were passed over', async () => {
    const picture = (background: string): Promise<Buffer> =>
      sharp({ create: { width: 32, height: 32, channels: 3, background } })
        .png()
        .toBuffer();
    const [red, green, blue] = await Promise.all([picture('#f00'), picture('#0f0'), picture('#00f')]);
    await store.append('pictures', [red, green, blue]);
    const shown = await page.evaluate(async () => {
      const { millrace } = globalThis as unknown as StreamsPage;
      const skipped: Client.SkippedEntries[] = [];
      const options: Client.PullOptions = {
        after: '0',
        latest: true,
        output: 'jpg',
        onSkipped: (one) => void skipped.push(one),
      };
      for await (const { data } of millrace.streams.pull('pictures', options)) {
        return { picture: [...data], skipped };
      }
      return undefined;
    });
    const sent = sharp(Buffer.from(shown?.picture ?? []));
    expect(await sent.metadata()).toMatchObject({ format: 'jpeg', width: 32 });
    const [, , { mean }] = (await sent.stats()).channels as [unknown, unknown, { mean: number }];
    expect(mean).toBeGreaterThan(200);
    expect(shown?.skipped).toEqual([{ stream: 'pictures', entries: 2 }]);
  });

  it('tells the numbers of streams, with those that the page reads, and moves a group', async () => {
    await append('watched', '1', '2');
    const outcome = await page.evaluate(async () => {
      const { millrace } = globalThis as unknown as StreamsPage;
      const { streams } = millrace;
      for await (const entry of streams.pull('watched', { after: '0' })) {
        const [numbers] = await streams.statistics({ match: 'watched' });
        await streams.openGroup('watched', 'g');
        const moved = await streams.moveGroup('watched', 'g', '0');
        const { retention } = await streams.info('watched');
        return { id: entry.id, numbers, lag: moved.lag, retention };
      }
      return undefined;
    });
    expect(outcome?.numbers).toMatchObject({ name: 'watched', entries: 2, bytes: 2, firstId: outcome?.id, readers: 1 });
    expect(outcome?.lag).toBe(2);
    expect(outcome?.retention?.maxLength).toBe(2000);
  });
});
