import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { append, storeOf } from './support/streams.js';

describe.each(HTTP_ADAPTERS)('The entries of a stream in the console on %s', (adapter) => {
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

  it('appear as they come, stand still on request, are filtered, and show what is in them', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/sensor/live');
    await page.getByText('Nothing has come yet').waitFor();
    const [first = ''] = await append(running, 'sensor', [{ room: 'a', state: { temperature: 19.5 } }]);
    const list = page.getByRole('listbox');
    const row = list.getByRole('option').filter({ hasText: first });
    await row.filter({ hasText: '"temperature":19.5' }).waitFor();
    await row.click();
    const detail = page.getByRole('region', { name: 'Chosen entry' });
    await detail.getByText(first, { exact: true }).waitFor();
    await detail.getByText('19.5').waitFor();
    await detail.getByLabel('Shown as').selectOption('Bytes');
    await detail.getByText('000000  7b 22').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Stands still').waitFor();
    await append(running, 'sensor', [{ room: 'b', state: { temperature: 30 } }, 'only text', Buffer.from([0, 255])]);
    await page.locator('[data-count="waiting"]', { hasText: '3' }).waitFor();
    expect(await list.getByRole('option').count()).toBe(1);
    await page.getByRole('button', { name: 'Go on' }).click();
    await list.getByRole('option').filter({ hasText: '00 ff' }).waitFor();
    await list.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await detail.getByText('only text').waitFor();

    await page.getByLabel('Filter by').selectOption('JSON value');
    await page.getByLabel('Filter', { exact: true }).fill('state.temperature>20');
    await page.getByText('3 held back by the filter').waitFor();
    await append(running, 'sensor', [
      { room: 'c', state: { temperature: 10 } },
      { room: 'd', state: { temperature: 25 } },
    ]);
    await list.getByRole('option').filter({ hasText: '"room":"d"' }).waitFor();
    expect(await list.getByRole('option').count()).toBe(2);

    const downloads = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download the list' }).click();
    const lines = readFileSync(await (await downloads).path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ json: { room: 'b', state: { temperature: 30 } } }),
      expect.objectContaining({ json: { room: 'd', state: { temperature: 25 } } }),
    ]);
    await storeOf(running).end('sensor');
    await page.getByText('This stream was ended for good').waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('are shown from an ID or a time on, and to both sides from there', async () => {
    const ids: string[] = [];
    // As they are recorded: some time between any two.
    const start = Date.parse('2026-01-01T12:00:00Z');
    for (let number = 0; number < 900; number += 1)
      ids.push(
        ...(await storeOf(running).appendAll([
          { stream: 'long', id: `${start + number * 1000}-0`, data: Buffer.from(`entry ${number}`) },
        ])),
      );
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/long/live');
    const list = page.getByRole('listbox');
    await list.getByText('entry 899').waitFor();
    await page.getByLabel('Go to an ID or a time').fill('2026-01-01T12:05:00Z');
    await page.getByRole('button', { name: 'Go', exact: true }).click();
    await page.getByText('200 in the list').waitFor();
    await list.getByText('entry 499').waitFor();

    await page.getByRole('button', { name: 'Show older entries' }).click();
    await page.getByText('400 in the list').waitFor();
    await page.getByRole('button', { name: 'Show older entries' }).click();
    await page.getByText('Nothing older is kept.').waitFor();
    await list.focus();
    await page.keyboard.press('End');
    await list.getByText('entry 0', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Show newer entries' }).click();
    await page.getByText('700 in the list').waitFor();
    await page.getByRole('button', { name: 'Show newer entries' }).click();
    await page.getByText('900 in the list').waitFor();
    await page.getByRole('button', { name: 'Show newer entries' }).click();
    await page.getByText('There are no newer ones at present.').waitFor();

    await goTo(page, `#/streams/long/live?from=${ids[10]}`);
    await page.getByText('200 in the list').waitFor();
    await page.getByRole('button', { name: 'Follow from now' }).click();
    await append(running, 'long', ['and now']);
    await list.getByText('and now').waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('are followed by a mark where some are gone, or cannot be read', async () => {
    await append(running, 'gone', ['{"old":1}']);
    const { page, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams/gone/live');
    const list = page.getByRole('listbox');
    await list.getByText('{"old":1}').waitFor();
    await storeOf(running).delete(['gone']);
    await append(running, 'gone', ['{ "new": 1 }', 'no JSON', '{"last":1}']);
    await list.getByText('{"last":1}').waitFor();
    const mark = list.getByRole('option').nth(3);
    await mark.getByText(/Entries after .* are gone/).waitFor();
    await mark.click();
    await page.getByText('Retention, damage or a deletion').waitFor();

    await page.getByLabel('Entries', { exact: true }).selectOption('As JSON, checked');
    await list.getByText('{"new":1}').waitFor();
    await list.getByText(/The entry .* of 7 B cannot be read so/).waitFor();
    await close();
  });

  it('come through a cut of the connection, each once, while the page says that the server is away', async () => {
    const proxy = await CuttingProxy.start(Number(new URL(running.url).port));
    const { page, close } = await openConsole(browser, `${proxy.url}/console`);
    await goTo(page, '#/streams/cut/live');
    await page.getByText('Nothing has come yet').waitFor();
    await append(running, 'cut', ['before']);
    const list = page.getByRole('listbox');
    await list.getByText('before').waitFor();
    const { target } = proxy;
    proxy.target = undefined;
    proxy.cut();
    await page.getByText('The server does not answer').first().waitFor();
    await append(running, 'cut', ['meanwhile']);
    proxy.target = target;
    await list.getByText('meanwhile').waitFor();
    await page.getByText('The server does not answer').first().waitFor({ state: 'detached' });
    await append(running, 'cut', ['behind']);
    await list.getByText('behind').waitFor();
    expect(await list.getByRole('option').count()).toBe(3);
    expect(await page.locator('[data-count="taken"]').textContent()).toBe('3');
    await close();
    await proxy.close();
  });
});
