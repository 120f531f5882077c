import { setTimeout as pause } from 'node:timers/promises';
import { StreamStore } from '@millrace/stream-store';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { openConsole } from './support/console-page.js';
import { measureDrawing, watchDrawing } from './support/drawn-pictures.js';
import { longestFrame } from './support/frames.js';
import { startCamera, testPictures } from './support/test-camera.js';

/** Bytes of JavaScript that a page holds, after it has cleared away what it does not need. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await session.send('Runtime.getHeapUsage')) as { usedSize: number };
  await session.detach();
  return usedSize;
}

/** Begins to count the time for which the scripts of a page work. @returns ends it, and answers the seconds */
async function startWorkClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    await session.detach();
    return metrics.find(({ name }) => name === 'ScriptDuration')!.value;
  };
}

describe('Pages of the console that draw all the time', () => {
  let browser: Browser;
  let running: ConsoleApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startConsole('fastify');
    store = running.app.get(StreamStore);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  it('draws 25 pictures a second of one camera evenly', async () => {
    const camera = startCamera(store, 'one', await testPictures(50), 25);
    const { page, close } = await openConsole(browser, `${running.console}#/streams/one/picture`);
    await watchDrawing(page);
    await page.reload();
    await measureDrawing(page, 2000);
    const { rate, gap, open } = await measureDrawing(page, 20_000);
    expect(rate).toBeGreaterThan(20);
    expect(gap).toBeLessThan(500);
    expect(open).toBeLessThanOrEqual(1);
    await close();
    await camera.end();
  });

  it('draws four cameras at one time, and holds no more after minutes', async () => {
    const pictures = await testPictures(50);
    const names = ['north', 'east', 'south', 'west'];
    const cameras = names.map((name) => startCamera(store, name, pictures, 25));
    const { page, close } = await openConsole(browser, `${running.console}#/pictures?streams=${names.join(',')}`);
    await watchDrawing(page);
    await page.reload();
    // The frames that can be gone back to are full after 20 s: 500 of each stream.
    await measureDrawing(page, 30_000);
    const before = await heapOf(page);
    const { rate, open } = await measureDrawing(page, 60_000);
    expect(rate).toBeGreaterThan(40);
    expect(open).toBeLessThanOrEqual(names.length);
    expect(await heapOf(page)).toBeLessThan(before * 1.2 + 2_000_000);
    await close();
    await Promise.all(cameras.map((camera) => camera.end()));
  });

  it('moves a plot of fifty thousand points evenly while 100 more come a second, and holds no more after a minute', async () => {
    await store.setMetadata('many', { max_len: 60_000 });
    const first = Date.now() - 60_000 * 20;
    const entries = Array.from({ length: 60_000 }, (_, index) => ({
      stream: 'many',
      data: Buffer.from(JSON.stringify({ wave: Math.sin(index / 500), saw: index % 100 })),
      id: `${first + index * 20}-0`,
    }));
    await store.appendAll(entries);
    const ended = new AbortController();
    const appending = (async () => {
      for (let index = 0; !ended.signal.aborted; index += 1) {
        await store.append('many', [Buffer.from(JSON.stringify({ wave: Math.cos(index / 500), saw: index % 50 }))]);
        await pause(10);
      }
    })();
    const { page, close } = await openConsole(browser, `${running.console}#/streams/many/plot?span=all`);
    await page.getByText('Only the newest 50,000 points are kept here').waitFor();
    await page.getByText('Reading the history').waitFor({ state: 'detached' });
    const before = await heapOf(page);
    const stopWorkClock = await startWorkClock(page);
    expect(await longestFrame(page, 60_000)).toBeLessThan(2000);
    // Frames of a machine that many share come late by themselves; the work of the page is its own.
    const worked = await stopWorkClock();
    expect(worked).toBeGreaterThan(0.1);
    expect(worked).toBeLessThan(12);
    expect(await heapOf(page)).toBeLessThan(before * 1.2 + 2_000_000);
    await close();
    ended.abort();
    await appending;
  });
});
