import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
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
    complaints = [];
    foreign = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
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
});
