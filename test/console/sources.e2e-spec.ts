import { connect, nodeSources } from '@millrace/client';
import { ConnectorHub } from '@millrace/connector';
import type { Browser } from 'playwright-core';
import { RawConnector } from '../connector/support/raw-connector.js';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { type ConsoleApplication, PASSWORD, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';

describe.each(HTTP_ADAPTERS)('The sources in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  let hub: ConnectorHub;
  let token: string | undefined;
  beforeAll(async () => {
    running = await startConsole(adapter);
    hub = running.app.get(ConnectorHub);
    const login = { name: 'admin', password: PASSWORD };
    const sources = nodeSources({ environment: {}, home: '/nowhere' });
    await using millrace = await connect(running.url, { login, sources });
    token = millrace.token;
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });
  const serve = (source: string): Promise<RawConnector> => RawConnector.connect(running.wsUrl, source, { token });

  it('makes a source, shows its connector come, changes its configuration, and deletes it', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/sources');
    await page.getByText('There is no source that you may read').waitFor();
    await page.getByRole('button', { name: 'New source' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('oven');
    await dialog.getByLabel('Configuration').fill('[1]');
    await dialog.getByText('must be a JSON object').waitFor();
    await dialog.getByLabel('Configuration').fill('{"target": 20}');
    await dialog.getByRole('button', { name: 'Make the source' }).click();
    await page.getByText('No connector serves this source').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    const connector = await serve('oven');
    connector.notify({ temperature: 21.5 });
    await page.getByText('connected', { exact: true }).waitFor();
    await page.getByText('21.5').waitFor();

    await page.getByRole('link', { name: 'Configuration' }).click();
    const editor = page.getByLabel('Configuration', { exact: true });
    expect(JSON.parse(await editor.inputValue())).toEqual({ target: 20 });
    await editor.fill('{"target": 25}');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('of oven is saved').waitFor();
    expect((await hub.describeSource('oven'))?.configuration).toEqual({ target: 25 });

    await page.getByRole('button', { name: 'Delete' }).click();
    await dialog.getByLabel('To go on, type its name').fill('oven');
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('There is no source that you may read').waitFor();
    expect(await hub.describeSource('oven')).toBeUndefined();
    expect(complaints.filter((text) => !/401|404/.test(text))).toEqual([]);
    await close();
  });

  it('shows the rows of a query as they come, stops it, and publishes', async () => {
    await hub.setConfiguration('scanner', {});
    const connector = await serve('scanner');
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/sources/scanner/query');
    await page.getByLabel('Parameters').fill('{"from": 1}');
    await page.getByRole('button', { name: 'Query' }).click();
    const { object, address } = await connector.nextQuery();
    expect(object).toEqual({ from: 1 });
    expect(decodeURIComponent(new URL(page.url()).hash)).toContain('/query?parameters={"from":+1}');
    const rows = page.getByRole('table', { name: 'Rows' }).getByRole('row');
    connector.respond(address, 100, { angle: 10, hits: 'one' });
    await rows.filter({ hasText: 'one' }).waitFor();
    await page.getByText('1 row so far').waitFor();
    connector.respond(address, 100, { angle: 20, extra: { deep: true } });
    await rows.filter({ hasText: '{"deep":true}' }).waitFor();
    expect(await page.getByRole('columnheader').allTextContents()).toEqual(['#', 'angle', 'hits', 'extra']);
    connector.respond(address, 200, { angle: 30 });
    await page.getByText('Complete: 3 rows').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    await page.getByRole('button', { name: 'Query' }).click();
    const failing = await connector.nextQuery();
    connector.respond(failing.address, 400, {
      messageCode: 'com.example.bad',
      messageTemplate: 'Bad {0}',
      parameters: ['x'],
    });
    await page.getByRole('alert').getByText('Bad x', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Query' }).click();
    connector.respond((await connector.nextQuery()).address, 100, { angle: 40 });
    await rows.filter({ hasText: '40' }).waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByText('Stopped: 1 row').waitFor();

    await page.getByRole('link', { name: 'Publish' }).click();
    await page.getByLabel('What to publish').fill('{"target": 22}');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Handed to the connector').waitFor();
    expect(connector.messages.find(({ op }) => op === 'publish')?.object).toEqual({ target: 22 });
    expect(complaints.filter((text) => !/401|502/.test(text))).toEqual([]);
    await close();
    await connector.close();
  });

  it('shows nobody what they may not do', async () => {
    await hub.setConfiguration('sealed', { password: 'hidden' });
    const { page, close } = await openConsole(browser, running.console, 'reader');
    await goTo(page, '/sources/sealed');
    await page.getByText('No connector serves this source').waitFor();
    for (const name of ['Query', 'Publish', 'Configuration'])
      expect(await page.getByRole('navigation', { name: /Views/ }).getByRole('link', { name }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /Delete|Reconnect/ }).count()).toBe(0);
    await goTo(page, '/sources');
    await page.getByRole('link', { name: 'sealed' }).waitFor();
    expect(await page.getByRole('button', { name: 'New source' }).count()).toBe(0);
    await close();
  });
});
