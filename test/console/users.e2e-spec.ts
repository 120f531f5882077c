import type { Browser } from 'playwright-core';
import { HTTP_ADAPTERS } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { waitFor } from '../support/waiting.js';
import { type ConsoleApplication, PASSWORD, startConsole } from './support/console-application.js';
import { accessibilityFaults, goTo, logIn, openConsole } from './support/console-page.js';

describe.each(HTTP_ADAPTERS)('Users in the console on %s', (adapter) => {
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

  it('adds a user who can log in, gives other scopes and a new password, ends the login, and removes the user', async () => {
    const { page, complaints, close } = await openConsole(browser, running.console);
    await goTo(page, '/users');
    await page.getByRole('button', { name: 'Add a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('alice');
    await dialog.getByLabel('Password', { exact: true }).fill('short');
    await dialog.getByText('Has 5 characters').waitFor();
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByLabel('Password, once more').fill(`${PASSWORD}.`);
    await dialog.getByText('The two are not the same').waitFor();
    expect(await dialog.getByRole('button', { name: 'Add the user' }).isDisabled()).toBe(true);
    await dialog.getByLabel('Password, once more').fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Add this scope' }).click();
    expect(await accessibilityFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Add the user' }).click();
    const row = page.getByRole('row').filter({ hasText: 'alice' });
    await row.getByText('streams:read').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);

    const alice = await openConsole(browser, running.console, 'alice');
    await alice.page.getByRole('link', { name: 'Streams', exact: true }).waitFor();
    expect(await alice.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    await row.getByRole('button', { name: 'Scopes' }).click();
    await dialog.getByText('As text').click();
    await dialog.getByLabel('One scope a line').fill('streams:read:camera* rpc');
    await dialog.getByRole('button', { name: 'Set the scopes' }).click();
    await row.getByText('streams:read:camera*').waitFor();
    await alice.page.getByText('Your login has run out').waitFor();
    await logIn(alice.page, 'alice');
    await alice.page.getByRole('link', { name: 'Streams', exact: true }).waitFor();
    await row.getByRole('button', { name: 'New password' }).click();
    await dialog.getByLabel('New password', { exact: true }).fill('another horse');
    await dialog.getByLabel('New password, once more').fill('another horse');
    await dialog.getByRole('button', { name: 'Set the password' }).click();
    await alice.page.getByText('Your login has run out').waitFor();
    await logIn(alice.page, 'alice', 'another horse');
    await alice.page.getByRole('link', { name: 'Streams', exact: true }).waitFor();

    await row.getByRole('button', { name: 'Revoke tokens' }).click();
    await dialog.getByRole('button', { name: 'Revoke the tokens' }).click();
    await alice.page.getByText('Your login has run out').waitFor();
    await alice.close();
    await row.getByRole('button', { name: 'Remove' }).click();
    await dialog.getByLabel('To go on, type its name').fill('alice');
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await row.waitFor({ state: 'detached' });
    expect(await running.users.verify('alice', 'another horse')).toBeUndefined();
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([]);
    await close();
  });

  it('lets nobody change a user who holds more, and hides the page from those who may not manage users', async () => {
    await running.users.add({ name: 'clerk', password: PASSWORD, scopes: ['users:admin', 'streams:read'] });
    const { page, close } = await openConsole(browser, running.console, 'clerk');
    await goTo(page, '/users');
    const admin = page.getByRole('row').filter({ hasText: 'admin' }).filter({ hasText: 'Holds more than you' });
    await admin.waitFor();
    expect(await admin.getByRole('button').allTextContents()).toEqual(['Revoke tokens']);
    const nobody = page.getByRole('row').filter({ hasText: 'streams:read:nothing-of-that-name' });
    expect(await nobody.getByRole('button', { name: /Scopes|New password|Remove/ }).count()).toBe(3);
    await close();

    const reader = await openConsole(browser, running.console, 'reader');
    await waitFor('the navigation', async () => (await reader.page.getByRole('link', { name: 'Streams' }).count()) > 0);
    expect(await reader.page.getByRole('link', { name: 'Users' }).count()).toBe(0);
    await reader.close();
  });
});
