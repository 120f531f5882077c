import type { Browser } from 'playwright-core';
import { ConnectionRegistry } from '@millrace/connectivity';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';

const camera = { uid: 'camera-1', uri: 'tcp://host:5001', dataType: 'Frame', connectionType: 1, capacity: 1500 };
const trigger = { uid: 'trigger', uri: 'tcp://host:5002', dataType: 'TPSet', connectionType: 0, capacity: 0 };

describe.each(HTTP_ADAPTERS)('The registry in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  let registry: ConnectionRegistry;
  beforeAll(async () => {
    running = await startConsole(adapter);
    registry = running.app.get(ConnectionRegistry);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  it('shows who is reachable where, what changes, and what matches a pattern', async () => {
    await registry.publish('session', [camera, trigger]);
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/registry');
    await page.getByRole('link', { name: 'session' }).click();
    const row = page.getByRole('row').filter({ hasText: 'camera-1' });
    await row.getByText('tcp://host:5001').waitFor();
    expect(await row.textContent()).toMatch(/Frame.*Publish\/subscribe.*1,500.*live.* s/);
    await page.getByText('Nothing has changed since').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await registry.publish('session', [{ ...camera, uri: 'tcp://other:6000' }]);
    const log = page.getByRole('log');
    await log.getByText('changed').waitFor();
    await row.getByText('tcp://other:6000').waitFor();

    await page.getByLabel('Pattern of names').fill('cam(');
    await page.getByText(/The pattern is refused/).waitFor();
    await page.getByLabel('Pattern of names').fill('trig.*');
    await page.getByRole('row').filter({ hasText: 'trigger' }).waitFor();
    await row.waitFor({ state: 'detached' });
    expect(new URL(page.url()).hash).toBe('#/registry/session?pattern=trig.*');
    expect(complaints.filter((text) => !text.includes('401') && !text.includes('400'))).toEqual([]);
    await close();
  });

  it('retracts one name and a whole partition, and says so to nobody who may not', async () => {
    await registry.publish('to retract', [camera, trigger]);
    const { page, close } = await openConsole(browser, running.console);
    await goTo(page, '/registry/to%20retract');
    await page.getByRole('button', { name: 'Retract camera-1' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retract' }).click();
    await page.getByRole('log').getByText('retracted').waitFor();
    expect((await registry.list('to retract', { live: true })).map(({ entry }) => entry.uid)).toEqual(['trigger']);

    const reader = await openConsole(browser, running.console, 'reader');
    await goTo(reader.page, '/registry/to%20retract');
    await reader.page.getByRole('row').filter({ hasText: 'trigger' }).waitFor();
    expect(await reader.page.getByRole('button', { name: /Retract/ }).count()).toBe(0);
    await reader.close();

    await page.getByRole('button', { name: 'Retract the partition' }).click();
    const all = page.getByRole('dialog');
    expect(await all.getByRole('button', { name: 'Retract all' }).isDisabled()).toBe(true);
    await all.getByLabel('To go on, type its name').fill('to retract');
    await all.getByRole('button', { name: 'Retract all' }).click();
    await page.getByText('Nothing is published in this partition').waitFor();
    await close();
  });

  it('goes on by itself when the server has started anew', async () => {
    const proxy = await CuttingProxy.start(running.port);
    await registry.publish('restart', [camera]);
    const { page, close } = await openConsole(browser, `${proxy.url}/console`);
    await goTo(page, '/registry/restart');
    await page.getByText('Nothing has changed since').waitFor();

    proxy.target = undefined;
    proxy.cut();
    await page.getByText('The server does not answer').first().waitFor();
    const next = await startConsole(adapter);
    proxy.target = next.port;
    await page.getByText('The server does not answer').first().waitFor({ state: 'detached' });
    const later = next.app.get(ConnectionRegistry);
    await waitFor('a change that the page tells of', async () => {
      await later.publish('restart', [trigger]);
      await later.retract('restart', [trigger.uid]);
      return (await page.getByRole('log').filter({ hasText: 'trigger' }).count()) > 0;
    });
    await close();
    await proxy.close();
    await next.close();
  });
});
