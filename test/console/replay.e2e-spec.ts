import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { append, storeOf, textsOf } from './support/streams.js';

const START = Date.parse('2026-01-01T12:00:00Z');

describe.each(HTTP_ADAPTERS)('A replay in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  beforeAll(async () => {
    running = await startConsole(adapter);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  /** Entries with so many milliseconds between them. */
  async function record(stream: string, count: number, every: number): Promise<string[]> {
    const texts = Array.from({ length: count }, (_, number) => `${stream} ${number}`);
    for (const [number, text] of texts.entries())
      await storeOf(running).appendAll([{ stream, id: `${START + number * every}-0`, data: Buffer.from(text) }]);
    return texts;
  }

  it('puts a range into another stream as fast as it goes, and warns where that stream exists', async () => {
    const texts = await record('fast', 900, 1000);
    await append(running, 'taken', ['before']);
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/fast/replay');
    const target = page.getByLabel('Into the stream');
    await target.fill('fast');
    await page.getByText('A stream is not replayed into itself.').waitFor();
    await target.fill('taken');
    await page.getByText('This stream exists, with 1 entry.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByLabel('Which entries').selectOption('A range');
    await page.getByLabel('From').fill(`${START + 100_000}`);
    await page.getByLabel('To', { exact: true }).fill('2026-01-01T12:10:00Z');
    await page.getByLabel('Pace').selectOption('As fast as it goes');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    expect(await page.locator('[data-count="replayed"]').textContent()).toBe('501');
    expect(await textsOf(running, 'taken')).toEqual(['before', ...texts.slice(100, 601)]);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('keeps the times between entries, divided by a factor, and can be held and stopped', async () => {
    await record('paced', 30, 1000);
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/paced/replay');
    await page.getByLabel('Times as fast').fill('101');
    await page.getByText('A number from 0.1 to 100').waitFor();
    await page.getByLabel('Times as fast').fill('10');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await waitFor('a third of it', async () => (await textsOf(running, 'paced-replay')).length >= 10);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Done', { exact: true }).waitFor();
    const stored = await storeOf(running).readNewest('paced-replay', 100);
    expect(stored.map(({ data }) => data.toString())).toEqual(Array.from({ length: 30 }, (_, n) => `paced ${n}`));
    const times = stored.map(({ id }) => Number(id.split('-')[0]));
    // 100 ms each; the machine may be late with one, and makes it up.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(2800);

    await page.getByLabel('Times as fast').fill('0.1');
    await page.getByLabel('Into the stream').fill('slow');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await page.getByText(/The next one is due in/).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped').waitFor();
    expect(await textsOf(running, 'slow')).toEqual(['paced 0']);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('says before it begins that a user may not write to the other stream', async () => {
    await record('read-only', 3, 1000);
    const { page, close } = await openConsole(browser, running.console, 'reader');
    await goTo(page, '#/streams/read-only/replay');
    await page.getByText('You may not write to this stream.').waitFor();
    expect(await page.getByRole('button', { name: 'Replay', exact: true }).isDisabled()).toBe(true);
    await close();
  });
});
