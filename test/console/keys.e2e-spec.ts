import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { type Certificate, CertificateMaker } from '../support/certificates.js';
import { secureFetch } from '../support/secure-fetch.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, PASSWORD, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, openConsole } from './support/console-page.js';

describe.each(HTTP_ADAPTERS)('Keys in the console on %s', (adapter) => {
  let browser: Browser;
  let running: ConsoleApplication;
  let certificates: CertificateMaker;
  let certificate: Certificate;
  beforeAll(async () => {
    certificates = await CertificateMaker.create();
    certificate = await certificates.make({ subjectAltName: 'IP:127.0.0.1' });
    running = await startConsole(adapter, { tls: certificate });
    browser = await startBrowser(['--host-resolver-rules=MAP console-host 127.0.0.1']);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
    await certificates?.remove();
  });

  /** What the server answers to a question with a key. */
  const ask = async (key: string): Promise<number> =>
    (await secureFetch(certificate.cert, `${running.url}/streams`, { headers: { Authorization: `Bearer ${key}` } }))
      .status;

  it('makes a key that works, shows it once, and revokes it', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console, 'admin', {
      ignoreHTTPSErrors: true,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await goTo(page, '/keys');
    await page.getByText('There are no keys yet').waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('weather station');
    await dialog.getByLabel('Which streams').fill('weather*');
    await dialog.getByText('Read and describe streams whose names begin with “weather”').waitFor();
    await dialog.getByRole('button', { name: 'Add this scope' }).click();
    await dialog.getByRole('button', { name: 'Take away streams:read:weather*' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByLabel('Runs out').selectOption('7d');
    await dialog.getByRole('button', { name: 'Make the key' }).click();

    await dialog.getByText('Copy the key now').waitFor();
    await dialog.getByText(`${running.url}/token`).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.getByText('You have not copied the key').waitFor();
    await dialog.getByRole('button', { name: 'Copy: The key' }).click();
    await dialog.getByText('Copied').waitFor();
    const key = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(await ask(key)).toBe(200);
    await dialog.getByRole('button', { name: 'Done' }).click();

    const row = page.getByRole('row').filter({ hasText: 'weather station' });
    await row.getByText('streams:read:weather*').waitFor();
    expect(await row.textContent()).toMatch(/in 6 days/);
    expect(await page.content()).not.toContain(key);
    expect(await accessibilityFaults(page)).toEqual([]);
    await row.getByRole('button', { name: 'Revoke' }).click();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('There are no keys yet').waitFor();
    await waitFor('the end of the key', async () => (await ask(key)) === 401);
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('offers nobody more than they hold, and hides the page from those who may not manage keys', async () => {
    await running.users.add({ name: 'keeper', password: PASSWORD, scopes: ['keys:admin', 'streams:read:camera*'] });
    const options = { ignoreHTTPSErrors: true };
    const { page, close } = await openConsole(browser, running.console, 'keeper', options);
    await goTo(page, '/keys');
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByLabel('Area').locator('option').allTextContents()).toEqual(['Streams', 'API keys']);
    expect(await dialog.getByLabel('May', { exact: true }).locator('option').allTextContents()).toEqual(['read']);
    await dialog.getByText('You do not hold “streams:read”').waitFor();
    expect(await dialog.getByRole('button', { name: 'Add this scope' }).isDisabled()).toBe(true);
    await dialog.getByText('As text').click();
    await dialog.getByLabel('Name').fill('too much');
    await dialog.getByLabel('One scope a line').fill('streams:read:camera-1\nusers:admin');
    await dialog.getByText('You do not hold “users:admin”').waitFor();
    expect(await dialog.getByRole('button', { name: 'Make the key' }).isDisabled()).toBe(true);
    await close();

    const reader = await openConsole(browser, running.console, 'reader', options);
    await goTo(reader.page, '/keys');
    await reader.page.getByText('There is no page “keys” here').waitFor();
    await reader.close();
  });

  it('says before one tries that a new key is not shown on a connection that is not encrypted', async () => {
    const plain = await startConsole(adapter);
    const { page, close } = await openConsole(browser, plain.console.replace('127.0.0.1', 'console-host'));
    await goTo(page, '/keys');
    await page.getByText('the server shows no new key here').waitFor();
    expect(await page.getByRole('button', { name: 'New key' }).isDisabled()).toBe(true);
    await close();
    await plain.close();
  });
});
