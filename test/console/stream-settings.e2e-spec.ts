import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { append, storeOf } from './support/streams.js';

describe.each(HTTP_ADAPTERS)('The settings of a stream in the console on %s', (adapter) => {
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

  it('show its numbers and bounds, and change its metadata as checked JSON', async () => {
    const ids = await append(running, 'kept', ['a', 'bc']);
    await storeOf(running).setMetadata('kept', { unit: '°C', place: 'roof' });
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/kept/settings');
    const numbers = page.getByRole('region', { name: 'Numbers' });
    await numbers.getByText(ids[0]!).first().waitFor();
    await numbers.getByText('3 B').waitFor();
    await page.getByText('the newest 1,000, of which 2 are there').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    const text = page.getByLabel('Metadata as a JSON object');
    await text.fill('{"max_len": -1}');
    await page.getByText('“max_len” bounds the stream').waitFor();
    await text.fill('{"max_len": 500');
    await page.getByText('This is not JSON').waitFor();
    await text.fill('{"max_len": 500, "unit": "K"}');
    await page.getByLabel('Replace all fields').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('the newest 500, of which 2 are there').waitFor();
    expect(await storeOf(running).metadata('kept')).toEqual({ unit: 'K', place: 'roof', max_len: 500 });

    await page.getByLabel('Replace all fields').check();
    await text.fill('{"unit": "K"}');
    await storeOf(running).setMetadata('kept', { more: true });
    await page.getByText('Somebody else has changed the metadata').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('the newest 1,000').waitFor();
    expect(await storeOf(running).metadata('kept')).toEqual({ unit: 'K' });
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
    await close();
  });

  it('end it for good, and delete it once its name was typed', async () => {
    await append(running, 'brief', ['a']);
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/brief/settings');
    await page.getByRole('button', { name: 'End for good' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'End for good' }).click();
    await page.getByText('This stream was ended for good').waitFor();
    expect((await storeOf(running).describe('brief'))?.ended).toBe(true);

    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await dialog.getByLabel('To go on, type its name').fill('brief');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('heading', { level: 1, name: 'Streams' }).waitFor();
    expect(await storeOf(running).list()).not.toContain('brief');
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
    await close();
  });
});
