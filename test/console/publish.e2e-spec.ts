import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { storeOf, textsOf } from './support/streams.js';

describe.each(HTTP_ADAPTERS)('Publishing from the console on %s', (adapter) => {
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

  it('stores checked JSON, text and files, and shows the IDs', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/box/publish');
    await page.getByText('There is no stream of this name yet. It comes').waitFor();
    const entry = page.getByLabel('Entry', { exact: true });
    const publish = page.getByRole('button', { name: 'Publish' });
    await entry.fill('{"a": 1');
    await page.getByText('This is not JSON').waitFor();
    expect(await publish.isDisabled()).toBe(true);
    await entry.fill('{"a": 1}');
    await publish.click();
    const stored = page.getByRole('region', { name: 'Stored' });
    await stored.getByRole('listitem').first().waitFor();
    const id = await storeOf(running).lastId('box');
    await stored.getByRole('link', { name: id }).waitFor();

    await page.getByLabel('What it is').selectOption('Text, sent as it stands');
    await entry.fill('Grüße');
    await publish.click();
    await page.getByText('2 entries on this visit').waitFor();
    await page.getByLabel('Files, each one entry').setInputFiles([
      { name: 'one.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('file one') },
      { name: 'two.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('file two') },
    ]);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('2 files are stored').waitFor();
    expect(await textsOf(running, 'box')).toEqual(['{"a": 1}', 'Grüße', 'file one', 'file two']);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('repeats an entry at a rate until it was sent so often, it is stopped, or the server refuses it', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/again/publish');
    await page.getByLabel('Entry', { exact: true }).fill('{"beat": true}');
    await page.getByText('Repeat at a rate').click();
    await page.getByLabel('Per second').fill('101');
    await page.getByText('1 to 100', { exact: true }).waitFor();
    await page.getByLabel('Per second').fill('100');
    await page.getByLabel('How often').fill('30');
    const start = page.getByRole('button', { name: 'Start' });
    await start.click();
    await page.getByText('30 of 30 stored').waitFor();
    expect(await textsOf(running, 'again')).toHaveLength(30);

    await page.getByLabel('How often').fill('100000');
    await start.click();
    await waitFor('some more', async () => (await textsOf(running, 'again')).length > 40);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText(/of 100,000 stored, stopped/).waitFor();
    const text = await page.locator('[data-count="repeated"]').textContent();
    expect(await textsOf(running, 'again')).toHaveLength(30 + Number(text));

    await start.click();
    await waitFor('some more', async () => (await textsOf(running, 'again')).length > 60);
    await storeOf(running).end('again');
    await page.getByText('Nothing more was sent.').waitFor();
    await start.waitFor();
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
    await close();
  });
});
