import type { Browser } from 'playwright-core';
import { StreamStore } from '@millrace/stream-store';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';

describe.each(HTTP_ADAPTERS)('Consumers of a stream in the console on %s', (adapter) => {
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

  it('makes a group, shows how far it is, moves its place and deletes it', async () => {
    await store.append(
      'orders',
      ['one', 'two', 'three'].map((text) => Buffer.from(text)),
    );
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/streams/orders/consumers');
    await page.getByText('No group of consumers reads this stream').waitFor();
    await page.getByRole('button', { name: 'New group' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('billing');
    await dialog.getByLabel('Attempts').fill('3');
    await dialog.getByText('Entries that are kept now are not handed out').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Make the group' }).click();
    const group = page.getByRole('region', { name: 'Group billing' });
    await group.getByText('set aside after 3 attempts').waitFor();
    expect((await store.groups.describe('orders', 'billing'))?.lag).toBe(0);
    expect(await accessibilityFaults(page)).toEqual([]);

    await group.getByRole('button', { name: 'Move its place' }).click();
    await dialog.getByLabel('Go on from').selectOption('start');
    await dialog.getByText('also those that were handed out before').waitFor();
    await dialog.getByRole('button', { name: 'Move', exact: true }).click();
    await page.getByText('“billing” is moved: 3 entries to come.').waitFor();
    await page.getByRole('row').filter({ hasText: 'nobody consumes' }).waitFor();
    expect((await store.groups.describe('orders', 'billing'))?.lag).toBe(3);

    const reader = await openConsole(browser, running.console, 'reader');
    await goTo(reader.page, '/streams/orders/consumers?group=billing');
    await reader.page.getByRole('region', { name: 'Group billing' }).getByText('3 entries', { exact: true }).waitFor();
    expect(await reader.page.getByRole('button', { name: /Move|New group|Delete/ }).count()).toBe(0);
    await reader.close();

    await group.getByRole('button', { name: 'Delete the group' }).click();
    await dialog.getByLabel('To go on, type its name').fill('billing');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('No group of consumers reads this stream').waitFor();
    expect(await store.groups.list('orders')).toEqual([]);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('shows what was set aside and why, lets one look at it, hands it out again and discards it', async () => {
    const ids = await store.append(
      'parcels',
      ['{"weight":3}', '{"weight":4}'].map((text) => Buffer.from(text)),
    );
    await store.groups.open('parcels', 'scales', { after: '0', ordered: false });
    const { page, close } = await openConsole(browser, running.console);
    await goTo(page, '/streams/parcels/consumers');
    await page.getByText('To come: 2 entries').waitFor();
    const member = { stream: 'parcels', group: 'scales', consumer: 'scale-1' };
    await store.groups.take(member, { count: 10, maxBytes: 1000 });
    await page.getByRole('row').filter({ hasText: 'scale-1' }).waitFor();
    await store.groups.setAside(member, ids, 'Too heavy');

    const group = page.getByRole('region', { name: 'Group scales' });
    await group.getByRole('heading', { name: 'Set aside: 2' }).waitFor();
    await group.getByRole('row').filter({ hasText: 'Too heavy' }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await group.getByRole('button', { name: ids[0]!, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('weight').waitFor();
    await dialog.getByLabel('Shown as').selectOption('hex');
    await dialog.getByText('7b 22 77 65').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();

    await group.getByRole('button', { name: `Hand out again: ${ids[0]!}` }).click();
    await page.getByText('One entry is handed out again.').waitFor();
    await group.getByRole('heading', { name: 'Set aside: 1' }).waitFor();
    await group.getByRole('button', { name: 'Discard all' }).click();
    await dialog.getByRole('button', { name: 'Discard' }).click();
    await group.getByRole('heading', { name: 'Set aside: 0' }).waitFor();
    await waitFor(
      'an empty list',
      async () => (await store.groups.listSetAside('parcels', 'scales', { count: 10 })).length === 0,
    );
    await close();
  });
});
