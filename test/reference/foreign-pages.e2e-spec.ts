import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ask } from '../support/ask.js';
import { startBrowser } from '../support/browser.js';
import { dataDirectory, failingReference, login, type RunningReference, startReference } from '../support/reference.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';

/** Pages of others: `/redirect?<url>` leads on, all else is an empty page. */
async function startPages(): Promise<{ server: Server; port: number }> {
  const server = createServer(({ url = '/' }, response) => {
    if (url.startsWith('/redirect?')) response.writeHead(302, { Location: decodeURIComponent(url.slice(10)) });
    else response.setHeader('Content-Type', 'text/html');
    response.end('<title>a page of another</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/** The hosts below are this machine, and another one in the eyes of the browser. */
const RULES = '--host-resolver-rules=MAP *.example.org 127.0.0.1,MAP *.evil.example 127.0.0.1';

/** What a page can do without leaving, as its own script. */
const ASK_IN_EVERY_WAY = `async (to) => {
  const settled = (element) =>
    new Promise((resolve) => {
      element.onload = element.onerror = () => resolve();
      document.body.append(element);
    });
  await settled(Object.assign(new Image(), { src: to }));
  await settled(Object.assign(document.createElement('iframe'), { src: to }));
  await fetch(to, { mode: 'no-cors', credentials: 'include' }).catch(() => undefined);
  await fetch(to, { mode: 'no-cors', credentials: 'include', referrerPolicy: 'no-referrer' }).catch(() => undefined);
}`;

/** The ways in which a page can take its user to an address, as its own script. */
const GO_THERE = `(to, kind) => {
  const element = document.createElement(kind.startsWith('form') ? 'form' : 'a');
  document.body.append(element);
  if (kind.startsWith('form')) {
    element.action = to;
    element.method = kind === 'form' ? 'get' : 'post';
    element.submit();
    return;
  }
  element.href = kind === 'redirect' ? '/redirect?' + encodeURIComponent(to) : to;
  if (kind === 'link without a referrer') element.rel = 'noreferrer';
  element.click();
}`;

describe('Pages in a browser', () => {
  const data = dataDirectory();
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let pages: { server: Server; port: number };
  let running: RunningReference;
  let plain: string;
  let token: string;

  beforeAll(async () => {
    [browser, pages] = await Promise.all([startBrowser([RULES]), startPages()]);
    running = await startReference(data.path, {
      MILLRACE_PUBLIC: ' ',
      ENTRY_TTL: '3600',
      MILLRACE_HOSTS: 'hub.example.org',
      MILLRACE_ORIGINS: `http://listed.example.org:${pages.port}`,
    });
    // The browser sends no Sec-Fetch-Site to this name, as to all other machines without TLS.
    plain = running.url.replace('127.0.0.1', 'hub.example.org');
    token = await login(running.url);
  });
  afterAll(async () => {
    await browser?.close();
    await running?.stop();
    pages?.server.close();
    data.remove();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    const name = 'authorization';
    const value = encodeURIComponent(`Bearer ${token}`);
    for (const url of [running.url, running.url.replace('127.0.0.1', 'localhost'), plain])
      await context.addCookies([{ name, value, url, sameSite: 'Lax', httpOnly: true }]);
    page = await context.newPage();
    await publish();
  });
  afterEach(() => context.close());

  const bearer = (): Record<string, string> => ({
    Authorization: `Bearer ${token}`,
    'Content-Type': 'application/json',
  });
  async function publish(): Promise<void> {
    const connections = [{ uid: 'kept', uri: 'tcp://h:1', data_type: 'T', connection_type: 0 }];
    const body = JSON.stringify({ partition: 'p', connections });
    expect((await ask(`${running.url}/publish`, { method: 'POST', headers: bearer(), body })).status).toBe(200);
  }
  const kept = async (): Promise<boolean> =>
    (await ask(`${running.url}/connections/partitions`, { headers: bearer() })).text.includes('"p"');

  /** What a page gets by the cookie: a route by fetch, and a socket. */
  const reach = (url: string): Promise<unknown[]> =>
    page.evaluate(async (at) => {
      const read = await fetch(`${at}/keys`, { credentials: 'include' }).then(
        ({ status }) => status,
        () => 'kept from the page',
      );
      const socket = new WebSocket(`${at.replace('http', 'ws')}/data/a/pull`);
      const opened = await new Promise((resolve) => {
        socket.onopen = () => resolve(true);
        socket.onerror = () => resolve(false);
      });
      socket.close();
      return [read, opened];
    }, url);

  const hubs = (): [string, string][] => [
    ['127.0.0.1', running.url],
    ['hub.example.org', plain],
  ];

  it('of the server itself use the cookie, with Sec-Fetch-Site and without', async () => {
    for (const [, url] of hubs()) {
      await page.goto(`${url}/console/`);
      expect(await reach(url)).toEqual([200, true]);
      await page.goto(`${url}/streams`);
      expect(await page.innerText('body')).toContain('[');
    }
  });

  it.each([
    ['on another port of the same host', '127.0.0.1'],
    ['on another site', 'localhost'],
    ['on another machine', 'page.evil.example'],
    ['on a machine beside', 'other.example.org'],
  ])('%s get nothing by the cookie, and change nothing', async (_name, host) => {
    const from = `http://${host}:${pages.port}`;
    for (const [, url] of hubs()) {
      await page.goto(from);
      expect(await reach(url)).toEqual(['kept from the page', false]);
      const target = `${url}/resetService`;
      await page.evaluate(`(${ASK_IN_EVERY_WAY})(${JSON.stringify(target)})`);
      expect(await kept()).toBe(true);
      for (const way of ['link', 'link without a referrer', 'redirect', 'form', 'form by POST']) {
        await page.goto(from);
        await page.evaluate(`(${GO_THERE})(${JSON.stringify(target)}, ${JSON.stringify(way)})`);
        await page.waitForURL(/resetService/);
        expect([way, await kept()]).toEqual([way, true]);
      }
    }
  });

  it('that are listed use the cookie, and the browser lets them read the answer', async () => {
    await page.goto(`http://listed.example.org:${pages.port}`);
    expect(await reach(plain)).toEqual([200, true]);
  });

  it('of another site that points its name at this machine reach nothing', async () => {
    const answer = await page.goto(running.url.replace('127.0.0.1', 'rebound.evil.example'));
    expect(answer?.status()).toBe(421);
  });

  it('of others cannot log in, and may use a token that they have', async () => {
    await page.goto(`http://localhost:${pages.port}`);
    const seen = await page.evaluate(
      async ({ url, known }) => {
        const body = new URLSearchParams({ username: 'eve', password: 'eve' });
        const refused = await fetch(`${url}/token`, { method: 'POST', body });
        const headers = { Authorization: `Bearer ${known}` };
        return [refused.status, await refused.json(), (await fetch(`${url}/streams`, { headers })).status];
      },
      { url: running.url, known: token },
    );
    expect(seen).toEqual([403, { detail: expect.stringContaining('MILLRACE_ORIGINS') as string }, 200]);
  });

  it('stream-store§3: every origin is answered, and credentials are allowed to listed ones alone', async () => {
    const listed = `http://listed.example.org:${pages.port}`;
    const preflight = { method: 'OPTIONS', headers: { 'Access-Control-Request-Method': 'POST' } };
    const paths = [
      ['/streams'],
      ['/nothing'],
      ['/ping'],
      ['/rpc'],
      ['/publish', preflight],
      ['/rpc', preflight],
    ] as const;
    for (const [path, how] of paths) {
      for (const [origin, credentials] of [
        [listed, 'true'],
        ['https://example.org', undefined],
        ['null', undefined],
        [running.url, undefined],
      ] as const) {
        const { headers } = await ask(`${running.url}${path}`, {
          ...how,
          headers: { ...how?.headers, Origin: origin },
        });
        expect([
          path,
          origin,
          headers['access-control-allow-origin'],
          headers['access-control-allow-credentials'],
        ]).toEqual([path, origin, origin, credentials]);
        expect(headers['vary']).toContain('Origin');
      }
    }
  });

  it('of the server work by the cookie: a socket of JSON-RPC', async () => {
    const headers = { Cookie: `authorization=Bearer ${token}`, Origin: running.url };
    const client = await SocketClient.open(`${running.wsUrl}/rpc`, { headers });
    await client.close();
    const refused = await refusedHandshake(`${running.wsUrl}/rpc`, {
      headers: { ...headers, Origin: 'http://127.0.0.1:1' },
    });
    expect(refused.status).toBe(401);
  });
});

describe('Development that other machines reach', () => {
  const data = dataDirectory();
  afterAll(() => data.remove());

  it.each(['0.0.0.0', '::', '192.0.2.1', 'hub.example.org'])('is refused: HOST=%s', async (HOST) => {
    const { code, output } = await failingReference(data.path, { HOST });
    expect([code, output]).toEqual([1, expect.stringMatching(`HOST=${HOST} .*MILLRACE_EXPOSE_DEVELOPMENT=on`)]);
  });

  it('warns where it is asked for', async () => {
    const running = await startReference(data.path, { HOST: '0.0.0.0', MILLRACE_EXPOSE_DEVELOPMENT: 'on' });
    try {
      expect(running.output()).toMatch(/WARNING .*other machines: everybody/);
      const statuses = [];
      for (const Host of ['localhost', 'hub', '192.0.2.1', 'evil.example'])
        statuses.push((await ask(`${running.url}/health`, { headers: { Host } })).status);
      expect(statuses).toEqual([200, 200, 200, 421]);
    } finally {
      await running.stop();
    }
  });

  it.each(['localhost', '127.0.0.1'])('is not what %s gives', async (HOST) => {
    const running = await startReference(data.path, { HOST });
    expect(running.output()).not.toContain('WARNING');
    await running.stop();
  });
});
