import type { Browser, Page } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { goTo, openConsole } from './support/console-page.js';
import { append } from './support/streams.js';

/** Views that no link of the navigation leads to. */
const VIEWS = [
  ...['live', 'picture', 'plot', 'publish', 'replay', 'consumers', 'settings'].map((view) => `/streams/seen/${view}`),
  ...['/plot?streams=seen', '/pictures?streams=seen', '/registry/p', '/methods/registry', '/api/rest', '/api/sockets'],
];

/** Collects what the policy of the page forbids, from before its first script on. */
async function violationsOf(page: Page): Promise<string[]> {
  const violations: string[] = [];
  await page.exposeFunction('violated', (text: string) => void violations.push(text));
  await page.addInitScript(`addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    violated(location.hash + ': ' + violatedDirective + ' ' + blockedURI))`);
  return violations;
}

/** Waits until the page shows its heading and waits for nothing. */
async function settle(page: Page): Promise<void> {
  await page.locator('#main h1').first().waitFor();
  await waitFor('the end of waiting', async () => (await page.locator('#main .waiting').count()) === 0);
}

describe.each(HTTP_ADAPTERS)('The policy of the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  beforeAll(async () => {
    running = await startConsole(adapter);
    await append(running, 'seen', [{ value: 1 }, { value: 2 }]);
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  it('is violated by no page and no view', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    const violations = await violationsOf(page);
    await page.reload();
    await page.locator('#navigation a').first().waitFor();
    const links = await page.locator('#navigation a').evaluateAll((found) => found.map((one) => String(one['hash'])));
    expect(links.length).toBe(10);
    for (const hash of [...links.map((link) => link.slice(1)), ...VIEWS]) {
      await goTo(page, hash);
      await settle(page);
    }
    await page.getByRole('region', { name: 'Pull entries' }).waitFor();
    expect(violations).toEqual([]);
    // There is no partition of that name.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
    await close();
  });

  it('keeps scripts, styles and data of others out', async () => {
    const { page, close } = await openConsole(browser, running.console, null);
    const violations = await violationsOf(page);
    await page.reload();
    await page.getByLabel('Name').waitFor();
    await page.evaluate(`
      document.head.append(Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' }));
      document.head.append(Object.assign(document.createElement('script'), { src: 'https://other.example/a.js' }));
      document.head.append(Object.assign(document.createElement('style'), { textContent: 'body { opacity: 0 }' }));
      fetch('https://other.example/').catch(() => undefined);
    `);
    await waitFor('four violations', () => violations.length >= 4);
    expect(violations.map((text) => text.split(' ')[1]).sort()).toEqual([
      'connect-src',
      'script-src-elem',
      'script-src-elem',
      'style-src-elem',
    ]);
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    await close();
  });
});
