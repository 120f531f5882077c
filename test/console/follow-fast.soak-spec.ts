import type { Browser, CDPSession, Page } from 'playwright-core';
import { connect } from '@millrace/client';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, PASSWORD, startConsole } from './support/console-application.js';
import { goTo, openConsole } from './support/console-page.js';

const RATE = 1000;
const SECONDS = 30;
/** Time to draw the page for the first time, before frames and heap are measured. */
const WARM_UP = 3;
const STREAM = 'fast';
/** Items that the list holds at most. */
const LIST = 1000;

const LONGEST_FRAME = 200;
const HEAP_GROWTH = 8_000_000;

interface Frames {
  longest: number;
  count: number;
}

describe('A stream of 1,000 entries a second in the console', () => {
  let browser: Browser;
  let running: ConsoleApplication;
  beforeAll(async () => {
    running = await startConsole('fastify');
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  it('is followed for 30 s with a heap that stays, short frames, and every entry counted', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, `#/streams/${STREAM}/live`);
    await page.getByText('Nothing has come yet').waitFor();
    const devTools = await page.context().newCDPSession(page);

    await using client = await connect(running.url, { login: { name: 'admin', password: PASSWORD } });
    await using push = client.stream(STREAM).push({ batch: true });
    const start = performance.now();
    let sent = 0;
    const sendUntil = async (second: number): Promise<void> => {
      while (sent < second * RATE) {
        const due = Math.min(second * RATE, Math.floor(((performance.now() - start) * RATE) / 1000));
        for (; sent < due; sent += 1)
          void push.send(JSON.stringify({ number: sent, state: { temperature: sent % 40 } }));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };

    await sendUntil(WARM_UP);
    const heapBefore = await heapOf(devTools);
    const idle = await (await browser.newContext()).newPage();
    await countFrames(idle);
    await countFrames(page);
    await sendUntil(SECONDS - 5);
    await page.getByRole('button', { name: 'Pause' }).click();
    const pausedAt = await countOf(page, 'taken');
    await sendUntil(SECONDS);
    await push.flush();
    await waitFor('all entries in the count', async () => (await countOf(page, 'taken')) === sent);
    const frames = await page.evaluate<Frames>('globalThis.frames');
    const idleFrames = await idle.evaluate<Frames>('globalThis.frames');
    const heapAfter = await heapOf(devTools);

    expect(sent).toBe(RATE * SECONDS);
    const waiting = await countOf(page, 'waiting');
    expect(waiting).toBeLessThanOrEqual(sent - pausedAt);
    expect(waiting).toBeGreaterThan(4 * RATE);
    expect(await countOf(page, 'left')).toBe(sent - LIST);
    await page.getByRole('button', { name: 'Go on' }).click();
    const newest = page.getByRole('listbox').getByRole('option').first();
    await newest.filter({ hasText: `"number":${sent - 1},` }).waitFor();
    expect(await newest.getAttribute('aria-setsize')).toBe(String(LIST));
    console.log(
      `longest frame ${frames.longest.toFixed(0)} ms of ${frames.count} frames, of an idle page ` +
        `${idleFrames.longest.toFixed(0)} ms; heap ${mega(heapBefore)} MB at first, ` +
        `${mega(heapAfter)} MB after ${SECONDS - WARM_UP} s`,
    );
    // On a machine that has no time, frames of every page come late.
    expect(frames.longest).toBeLessThan(Math.max(LONGEST_FRAME, 2 * idleFrames.longest));
    expect(heapAfter - heapBefore).toBeLessThan(HEAP_GROWTH);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await idle.context().close();
    await close();
  });
});

/** Bytes of JavaScript and of what it holds outside of its heap, without what is garbage. */
async function heapOf(devTools: CDPSession): Promise<number> {
  await devTools.send('HeapProfiler.collectGarbage');
  const usage = (await devTools.send('Runtime.getHeapUsage')) as { usedSize: number; backingStorageSize?: number };
  return usage.usedSize + (usage.backingStorageSize ?? 0);
}

/** Looks from here on how long each frame takes. */
async function countFrames(page: Page): Promise<void> {
  await page.evaluate(() => {
    const frames = { longest: 0, count: 0 };
    Object.assign(globalThis, { frames });
    const scope = globalThis as unknown as { requestAnimationFrame(each: (now: number) => void): void };
    let last = performance.now();
    const each = (): void => {
      const now = performance.now();
      frames.longest = Math.max(frames.longest, now - last);
      frames.count += 1;
      last = now;
      scope.requestAnimationFrame(each);
    };
    scope.requestAnimationFrame(each);
  });
}

/** A number that the page shows. */
async function countOf(page: Page, name: string): Promise<number> {
  const [text = '0'] = await page.locator(`[data-count="${name}"]`).allTextContents();
  return Number(text.replaceAll(',', ''));
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
