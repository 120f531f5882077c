import { TokenService } from '@millrace/auth';
import { StreamStore } from '@millrace/stream-store';
import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, logIn, openConsole } from './support/console-page.js';

describe.each(HTTP_ADAPTERS)('The frame of the console on %s', (adapter) => {
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

  it.each(['', '/'])('is served at its path with "%s" at the end, and lets a user log in and out', async (end) => {
    const { page, complaints, close } = await openConsole(browser, running.console + end, null);
    await logIn(page, 'admin');
    await page.getByText('admin', { exact: true }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByText('You are logged out.').waitFor();
    expect(await page.context().cookies()).toEqual([]);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it.each(['/streams/watched/live', '/keys'])(
    'asks for a login again where it has run out, and goes on at %s',
    async (hash) => {
      await running.app.get(StreamStore).append('watched', [Buffer.from('"before"')]);
      const { page, close } = await openConsole(browser, running.console);
      await goTo(page, hash);
      await page.locator('#main h1').waitFor();
      await running.app.get(TokenService).revokeTokensOf('admin');
      await page.getByText('Your login has run out.').waitFor();
      await logIn(page, 'admin');
      await page.locator('#main h1').waitFor();
      expect(new URL(page.url()).hash).toBe(`#${hash}`);
      await close();
    },
  );

  it('says that the server is away, and goes on by itself', async () => {
    const first = await startConsole(adapter);
    const proxy = await CuttingProxy.start(first.port);
    const { page, close } = await openConsole(browser, `http://127.0.0.1:${proxy.port}/console`);
    await goTo(page, '/streams/watched/live');
    await page.locator('#main h1').waitFor();
    await first.close();
    await page.getByText('The server does not answer. This page tries again until it does.').waitFor();
    const next = await startConsole(adapter);
    proxy.target = next.port;
    await page.getByText('The server does not answer.').waitFor({ state: 'detached' });
    await next.app.get(StreamStore).append('watched', [Buffer.from('"after the restart"')]);
    await page.getByText('after the restart').first().waitFor();
    await close();
    await proxy.close();
    await next.close();
  });

  it('hides what the scopes of a user forbid', async () => {
    const { page, close } = await openConsole(browser, running.console, 'reader');
    const names = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts();
    expect(names).toEqual(['Overview', 'Streams', 'Plot', 'Pictures', 'Registry', 'Sources', 'API']);
    await goTo(page, '/users');
    await page.getByText('There is no page “users” here, or you may not open it.').waitFor();
    await close();
  });
});
