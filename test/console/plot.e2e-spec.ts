import { readFile } from 'node:fs/promises';
import { StreamStore } from '@millrace/stream-store';
import type { Browser, Locator, Page } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { longestFrame } from './support/frames.js';

/** A row of the table of figures by the name of its line: last, least, greatest, mean, numbers, entries without. */
function figuresOf(page: Page, line: string): Promise<string[]> {
  return page.getByRole('row').filter({ hasText: line }).getByRole('cell').allTextContents();
}

/** Waits until the figures of a line are these; the pages count anew several times a second. */
async function waitForFigures(page: Page, line: string, figures: readonly string[]): Promise<void> {
  await waitFor(`${line}: ${figures.join(' ')}`, async () => {
    const [, ...found] = await figuresOf(page, line);
    return JSON.stringify(found) === JSON.stringify(figures);
  });
}

async function dragOver(page: Page, chart: Locator, from: number, to: number): Promise<void> {
  const { x, y, width, height } = (await chart.boundingBox())!;
  await page.mouse.move(x + width * from, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width * to, y + height / 2, { steps: 5 });
  await page.mouse.up();
}

describe.each(HTTP_ADAPTERS)('The plots in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startConsole(adapter);
    store = running.app.get(StreamStore);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  /** Appends entries, one each so many milliseconds, the last one so long ago. */
  async function append(stream: string, texts: readonly string[], every: number, ago: number): Promise<void> {
    const first = Date.now() - ago - every * (texts.length - 1);
    await store.appendAll(
      texts.map((text, index) => ({ stream, data: Buffer.from(text), id: `${first + index * every}-0` })),
    );
  }

  it('shows the numbers in the entries of a stream, those of before and those that come', async () => {
    const texts = [10, 20, 60].map((x, index) =>
      JSON.stringify({ at: { x }, list: [index, 'text'], time: Date.now() }),
    );
    await append('meter', [...texts.slice(0, 2), 'not JSON', texts[2]!], 1000, 500);
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/streams/meter/plot');
    await waitForFigures(page, 'at.x', ['60', '10', '60', '30', '3', '1']);
    await waitForFigures(page, 'list[0]', ['2', '0', '2', '1', '3', '1']);
    await page.getByText('1 of 4 entries are not numbers').waitFor();
    await page.getByRole('img', { name: /Plot of 2 lines, until .*: at.x 60, list\[0\] 2/ }).waitFor();
    expect(await page.getByRole('checkbox', { name: /^time/ }).isChecked()).toBe(false);
    expect(await accessibilityFaults(page)).toEqual([]);

    await store.append('meter', [Buffer.from('{"at":{"x":-10}}')]);
    await waitForFigures(page, 'at.x', ['-10', '-10', '60', '20', '4', '1']);

    await page.getByRole('button', { name: 'Pause' }).click();
    await store.append('meter', [Buffer.from('{"at":{"x":99}}')]);
    await page.getByText('Paused; 1 entry came since.').waitFor();
    expect((await figuresOf(page, 'at.x'))[1]).toBe('-10');
    await page.getByRole('button', { name: 'Go on' }).click();
    await waitFor('the number that came during the pause', async () => (await figuresOf(page, 'at.x'))[1] === '99');

    await page.getByRole('checkbox', { name: /^list/ }).uncheck();
    await waitFor('the choice in the address', () => page.url().includes('fields=meter%2Fat%2Fx'));
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('shows several streams on one axis by an address alone, and gives what is shown as CSV', async () => {
    await append('outside', ['1.5', '2.5'], 1000, 3000);
    await append('inside', ['{"a/b":{"c,d":7}}', '{"a/b":{"c,d":9}}'], 1000, 2500);
    const fields = encodeURIComponent('outside,inside/a~1b/c\\,d');
    const address = `${running.console}#/plot?streams=outside,inside&fields=${fields}&span=10m`;
    const { page, close } = await openConsole(browser, address, 'reader', { viewport: { width: 390, height: 844 } });
    await waitForFigures(page, 'outside value', ['2.5', '1.5', '2.5', '2', '2', '0']);
    await waitForFigures(page, 'inside a/b.c,d', ['9', '7', '9', '8', '2', '0']);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as CSV' }).click(),
    ]);
    const rows = (await readFile(await file.path(), 'utf8')).trimEnd().split('\r\n');
    expect(rows[0]).toBe('time,stream,outside value,"inside a/b.c,d"');
    expect(rows.slice(1).map((row) => row.replace(/^[\d-]+T[\d:.]+Z,/, ''))).toEqual([
      'outside,1.5,',
      'inside,,7',
      'outside,2.5,',
      'inside,,9',
    ]);
    await page.getByRole('button', { name: 'Take inside away' }).press('Enter');
    await page.locator(':focus').and(page.getByLabel('Add a stream')).waitFor();
    await page.getByRole('row').filter({ hasText: 'inside' }).waitFor({ state: 'detached' });
    await waitForFigures(page, 'value', ['2.5', '1.5', '2.5', '2', '2', '0']);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    await close();
  });

  it('shows ten thousand points without standing still, and a part of them by zooming', async () => {
    await store.setMetadata('many', { max_len: 20_000 });
    await append(
      'many',
      Array.from({ length: 10_000 }, (_, index) => JSON.stringify({ wave: Math.sin(index / 500), index })),
      50,
      0,
    );
    const { page, close } = await openConsole(browser, running.console);
    await goTo(page, '/streams/many/plot?span=all&fields=/wave,/index');
    await waitForFigures(page, 'index', ['9999', '0', '9999', '4999.5', '10,000', '0']);
    const frame = longestFrame(page, 3000);
    await store.append('many', [Buffer.from('{"wave":0,"index":10000}')]);
    // On a machine of its own 17; what a machine that many share can promise as well is this.
    expect(await frame).toBeLessThan(1000);

    await dragOver(page, page.getByRole('img', { name: /Plot of/ }), 0.4, 0.6);
    await page.getByText('Zoomed: new entries are not followed').waitFor();
    await waitFor('fewer numbers', async () => {
      const [, last, least, , , numbers] = await figuresOf(page, 'index');
      return Number(numbers!.replace(',', '')) < 3000 && Number(least) > 3000 && Number(last) < 7000;
    });
    expect(page.url()).toMatch(/from=\d+&to=\d+/);
    await page.getByRole('button', { name: 'Reset zoom' }).click();
    await waitForFigures(page, 'index', ['10000', '0', '10000', '5000', '10,001', '0']);
    await close();
  });

  it('shows nothing to a user who may not read', async () => {
    await store.append('secret', [Buffer.from('42')]);
    const { page, close } = await openConsole(browser, `${running.console}#/plot?streams=secret`, 'nobody');
    await page.getByText('You may not do this').first().waitFor();
    await goTo(page, '/streams/secret/plot');
    await page.getByText('There is no view “plot” of this stream, or you may not open it.').waitFor();
    await goTo(page, '/pictures?streams=secret');
    await page.getByText('You may not do this').first().waitFor();
    expect(await page.getByText('42').count()).toBe(0);
    await close();
  });
});
