import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';
import { append, storeOf } from './support/streams.js';

const MANY = 5000;

describe.each(HTTP_ADAPTERS)('The streams of the console on %s', (adapter) => {
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

  it('are listed with their numbers, searched, opened, and deleted once their name was typed', async () => {
    await append(running, 'camera:left', ['a', 'b', 'c']);
    await append(running, 'camera:right', ['0123456789']);
    await append(running, 'over', ['x']);
    await storeOf(running).end('over');
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '#/streams');
    const row = page.getByRole('row', { name: /camera:left/ });
    await row.waitFor();
    expect(await row.getByRole('cell').allTextContents()).toEqual(expect.arrayContaining(['3', '3 B']));
    await page.getByRole('row', { name: 'over ended' }).waitFor();
    await row.getByText('0/s').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await append(running, 'camera:left', ['d']);
    await row.getByRole('cell', { name: '4', exact: true }).waitFor();

    await page.getByLabel('Search streams by name').fill('camera');
    await page.getByText('2 streams').waitFor();
    expect(page.url()).toContain('#/streams?match=camera');

    await page.getByRole('button', { name: 'Delete camera:right' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await dialog.getByLabel('To go on, type its name').fill('camera:right');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('1 stream', { exact: true }).waitFor();
    expect(await storeOf(running).list()).toEqual(['camera:left', 'over']);

    await page.getByLabel('Name of a stream').fill('a/b');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('No stream can be named so').waitFor();
    await page.getByLabel('Name of a stream').fill('new one');
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByRole('heading', { level: 1, name: 'new one' }).waitFor();
    await page.getByText('There is no stream of this name yet.').waitFor();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('give no way to delete or to write to a user who may read alone', async () => {
    await append(running, 'camera:left', ['a']);
    const { page, complaints, close } = await openConsole(browser, running.console, 'reader');
    await goTo(page, '#/streams');
    await page.getByRole('link', { name: 'camera:left' }).waitFor();
    expect(await page.getByRole('button', { name: /Delete/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'camera:left' }).click();
    const views = page.getByRole('navigation', { name: 'Views of the stream camera:left' });
    await views.getByRole('link', { name: 'Live' }).waitFor();
    expect(await views.getByRole('link', { name: 'Publish' }).count()).toBe(0);
    await views.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('There is none.').waitFor();
    expect(await page.getByRole('heading', { name: 'End or delete' }).count()).toBe(0);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it(`are usable when there are ${MANY} of them, the longest names included`, async () => {
    const long = `z${'long'.repeat(50)}`;
    const names = [...Array.from({ length: MANY }, (_, index) => `many:${String(index).padStart(4, '0')}`), long];
    await storeOf(running).appendAll(names.map((stream) => ({ stream, data: Buffer.from(stream) })));
    const { page, complaints, close } = await openConsole(browser, running.console, 'admin', {
      viewport: { width: 390, height: 844 },
    });
    await goTo(page, '#/streams');
    await page.getByText('1,000 and more streams').waitFor();
    await page.getByRole('button', { name: 'Load the next 1,000' }).click();
    await page.getByText('2,000 and more streams').waitFor();
    await page.getByLabel('Search streams by name').fill('many:4999');
    await page.getByRole('link', { name: 'many:4999' }).waitFor();
    await page.getByText('1 stream', { exact: true }).waitFor();
    await page.getByLabel('Search streams by name').fill('zlong');
    await page.getByRole('link', { name: long }).click();
    await page.getByRole('heading', { level: 1, name: long }).waitFor();
    const overflow = await waitFor('the entry', async () => {
      await page.getByRole('listbox').waitFor();
      return page.evaluate<string>('`${document.documentElement.scrollWidth - innerWidth} px`');
    });
    expect(overflow).toBe('0 px');
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });
});
