import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { type ConsoleApplication, startConsole } from './support/console-application.js';
import { accessibilityFaults, logIn, openConsole } from './support/console-page.js';

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
});
