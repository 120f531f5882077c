import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { complaintsOf } from '../support/complaints.js';
import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';

describe('The portal in a browser', () => {
  const directory = dataDirectory();
  let reference: RunningReference;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let foreign: string[];
  beforeAll(async () => {
    reference = await startReference(directory.path, { MILLRACE_DEMO: 'on' });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await reference.stop();
    directory.remove();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    complaints = complaintsOf(page);
    foreign = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(reference.url) && !request.url().startsWith('data:')) foreign.push(request.url());
    });
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it('shows the REST endpoints at /docs, offline', async () => {
    await page.goto(`${reference.url}/docs`);
    await page.getByText('Append entries').waitFor();
    for (const path of ['/token', '/streams/{id}', '/data/{id}']) {
      expect(await page.locator('.opblock-summary-path', { hasText: path }).count()).toBeGreaterThan(0);
    }
  });

  it('shows the sockets at /docs/asyncapi, and pulls a live stream there', async () => {
    await page.goto(`${reference.url}/docs/asyncapi`);
    const pull = page.locator('section', { has: page.getByRole('heading', { name: 'Pull entries' }) });
    await pull.waitFor();
    expect(await pull.innerText()).toContain('/data/{stream_id}/pull');
    expect(await page.getByText('[object').count()).toBe(0);
    await pull.getByText('Try it').click();
    await pull.getByLabel('Path and query').fill('/data/demo:sensor/pull');
    await pull.getByLabel('Token').fill(await login(reference.url));
    await pull.getByRole('button', { name: 'Open' }).click();
    // A header and a blob of what came after the socket was opened: the demonstration moves.
    await pull.getByText('[["demo:sensor"').first().waitFor();
    await pull.getByText('"temperature"').first().waitFor();
    await pull.getByRole('button', { name: 'Close' }).click();
    await pull.getByText('closed: 1').waitFor();
  });

  it('gets a token for name and password at /docs, and tries a closed route with it', async () => {
    // With the slash, to which addresses are relative in another way.
    await page.goto(`${reference.url}/docs/`);
    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.locator('.auth-container', { hasText: 'OAuth2, password' });
    await dialog.getByLabel('username').fill('reader');
    await dialog.getByLabel('password:', { exact: true }).fill('reader');
    await dialog.locator('.authorize').click();
    await dialog.getByText('Logout').waitFor();
    await page.locator('.close-modal').click();
    // Only what was typed in is to open it, and not the cookie.
    await page.context().clearCookies();
    const list = page.locator('#operations-streams-get_streams');
    await list.locator('.opblock-summary').click();
    await list.getByRole('button', { name: 'Execute' }).click();
    const answer = list.locator('.live-responses-table tbody');
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(/^200\b[^]*demo:sensor/);
  });

  it('logs in and out', async () => {
    await page.goto(`${reference.url}/login`);
    await page.getByLabel('Name').fill('reader');
    await page.getByLabel('Password').fill('reader');
    await page.getByRole('main').getByRole('button', { name: 'Log in' }).click();
    await page.waitForURL('**/docs');
    const cookies = async (): Promise<string[]> => (await page.context().cookies()).map(({ name }) => name);
    expect(await cookies()).toEqual(['authorization']);
    await page.goto(`${reference.url}/connections`);
    await page.locator('summary').first().waitFor();
    await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Log out' }).click()]);
    expect(await cookies()).toEqual([]);
  });

  it.each([
    '/docs',
    '/docs/asyncapi',
    '/docs/openrpc',
    '/connections',
    '/login',
    '/',
    '/stats',
    '/openapi.json',
    '/health',
    '/metrics',
    '/live',
  ])('shows %s without a complaint, and in no page of another origin', async (path) => {
    await page.goto(`${reference.url}${path}`, { waitUntil: 'load' });
    const own = await page.content();
    expect(own).not.toMatch(/<body[^>]*><\/body>/);
    expect(complaints).toEqual([]);
    // A page without a policy of its own, and of another origin.
    await page.goto('about:blank');
    await page.setContent(`<iframe src="${reference.url}${path}"></iframe>`);
    expect(await page.frames()[1]?.content()).not.toEqual(own);
    expect(page.frames()[1]?.url()).toMatch(/^chrome-error:/);
    complaints.length = 0;
    foreign.length = 0;
  });
});
