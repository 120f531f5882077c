import type { Browser, Page } from 'playwright-core';
import { logIn, openConsole } from '../console/support/console-page.js';
import { startBrowser } from '../support/browser.js';
import { complaintsOf } from '../support/complaints.js';
import { dataDirectory, type RunningReference, startReference } from '../support/reference.js';

describe('The console of the reference application', () => {
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
      const isOwn = request.url().startsWith(reference.url) || /^(blob|data):/.test(request.url());
      if (!isOwn) foreign.push(request.url());
    });
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    expect(foreign).toEqual([]);
    await page.close();
  });

  it.each([
    ['/', 'Overview'],
    ['/docs', 'API'],
    ['/docs/', 'API'],
    ['/docs/asyncapi', 'API'],
    ['/docs/openrpc', 'Methods'],
    ['/connections', 'Registry'],
    ['/login', 'Overview'],
  ])('is where a browser comes to by %s, at the page %s', async (path, heading) => {
    await page.goto(`${reference.url}${path}`);
    await logIn(page, 'me', 'me');
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  });

  it('leaves / to programs, which poll it', async () => {
    for (const accept of ['*/*', 'application/json']) {
      const answer = await fetch(reference.url, { headers: { Accept: accept }, redirect: 'manual' });
      expect([accept, answer.status]).toEqual([accept, 200]);
    }
  });

  it('shows the REST endpoints offline, and tries one by the cookie', async () => {
    await page.goto(`${reference.url}/docs`);
    await logIn(page, 'me', 'me');
    const streams = page.locator('#operations-tag-streams');
    await streams.click();
    const list = page.locator('#operations-streams-get_streams');
    await list.locator('.opblock-summary').click();
    await list.getByRole('button', { name: 'Execute' }).click();
    const answer = list.locator('.live-responses-table tbody');
    await answer.waitFor();
    expect(await answer.innerText()).toMatch(/^200\b[^]*demo:sensor/);
  });

  it('shows the sockets, and pulls a live stream there', async () => {
    await page.goto(`${reference.url}/docs/asyncapi`);
    await logIn(page, 'me', 'me');
    const pull = page.getByRole('region', { name: 'Pull entries' });
    await pull.waitFor();
    expect(await pull.innerText()).toContain('/data/{stream_id}/pull');
    await pull.getByText('Try it').click();
    await pull.getByLabel('Path and query').fill('/data/demo:sensor/pull');
    await pull.getByRole('button', { name: 'Open' }).click();
    // A header and a blob of what came after the socket was opened: the demonstration moves.
    await pull.getByText('[["demo:sensor"').first().waitFor();
    await pull.getByText('"temperature"').first().waitFor();
    await pull.getByRole('button', { name: 'Close' }).click();
    await pull.getByText('closed: 1').waitFor();
  });

  it('draws the picture that a method answers, with its progress', async () => {
    await page.goto(`${reference.url}/console/#/methods/render`);
    await logIn(page, 'me', 'me');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    const picture = page.getByRole('img', { name: 'Picture that render has answered' });
    await picture.waitFor();
    expect(await picture.evaluate((image: { naturalWidth: number }) => image.naturalWidth)).toBe(640);
  });

  it.each(['/console/', '/stats', '/openapi.json', '/health', '/metrics', '/live'])(
    'shows %s without a complaint, and in no page of another origin',
    async (path) => {
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
    },
  );

  it('stays logged in over a reload, until it is logged out', async () => {
    const { page: own, close } = await openConsole(browser, `${reference.url}/console`, null);
    await logIn(own, 'me', 'me');
    await own.reload();
    await own.getByRole('button', { name: 'Log out' }).click();
    await own.getByText('You are logged out.').waitFor();
    expect(await own.context().cookies()).toEqual([]);
    await close();
  });
});
