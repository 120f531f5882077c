import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectivityModule, memoryRegistry } from '@millrace/connectivity';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import { RegistryClient, wire } from '../connectivity/registry-client.js';
import { BOTH_HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { startBrowser } from '../support/browser.js';
import { complaintsOf } from '../support/complaints.js';
import { refusedHandshake } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

/** As a host with strict rules for its own pages sets them, the way that goes before all routes. */
const OF_THE_HOST = {
  'Content-Security-Policy': "default-src 'self'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'SAMEORIGIN',
};

/** Fastify, or Express. */
interface FrontDoor {
  addHook?: (
    name: string,
    hook: (request: unknown, reply: { headers(all: object): void }, done: () => void) => void,
  ) => void;
  use?: (middleware: (request: unknown, response: ServerResponse, next: () => void) => void) => void;
}

const frontDoorOf = (instance: FrontDoor): FrontDoor => ({
  addHook: instance.addHook?.bind(instance),
  use: instance.use?.bind(instance),
});

const STORED = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'cross-origin',
  'x-frame-options': 'DENY',
};

const ATTACK = '<!doctype html><script>fetch("/ping?ran")</script>';

describe.each(BOTH_HTTP_ADAPTERS)('Headers of answers on %s', (adapter) => {
  let running: RunningApplication;
  let store: StreamStore;
  beforeAll(async () => {
    running = await startApplication(
      [
        StreamStoreModule.forRoot({ store: memoryStore() }),
        ConnectivityModule.forRoot({ registry: memoryRegistry(), ttl: 0, frontPage: true }),
        RpcModule.forRoot({ paths: ['/rpc'] }),
      ],
      { adapter, prepare: (app) => setForAll(frontDoorOf(app.getHttpAdapter().getInstance())) },
    );
    store = running.app.get(StreamStore);
    await store.append('page', [Buffer.from(ATTACK)]);
    await new RegistryClient(running.url).publish('p', [wire('gone')]);
  });
  afterAll(() => running.close());

  /** In front of all routes: on Fastify by a reply, as its plug-in of helmet does. */
  function setForAll({ addHook, use }: FrontDoor): void {
    addHook?.('onRequest', (_request, reply, done) => {
      reply.headers(OF_THE_HOST);
      done();
    });
    if (!addHook)
      use?.((_request, response, next) => {
        response.setHeaders(new Map(Object.entries(OF_THE_HOST)));
        next();
      });
  }

  async function headersOf(path: string, init: RequestInit = {}): Promise<Record<string, string>> {
    const gone = new AbortController();
    const { headers } = await fetch(`${running.url}${path}`, { ...init, signal: gone.signal });
    gone.abort();
    return Object.fromEntries(headers);
  }

  it.each([
    ['entries', '/data/page', {}],
    ['entries one after another', '/data/page?last_entry_id=0', {}],
    ['entries as events', '/data/page', { headers: { Accept: 'text/event-stream' } }],
  ])('lets a browser run nothing of %s, also in a host that allows its own pages more', async (_name, path, init) => {
    expect(await headersOf(path, init)).toMatchObject(STORED);
  });

  it('lets it run nothing of pictures', async () => {
    const { 'content-security-policy': policy, ...others } = await headersOf('/mjpeg/page');
    expect(others).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(policy?.split('; ')).toEqual(
      expect.arrayContaining(["script-src 'none'", "frame-ancestors 'none'", 'sandbox']),
    );
  });

  it.each([
    ['a refusal', '/data/page?count=x', {}, 422],
    ['a list of streams that is not there', '/streams/a+b', { method: 'PUT', body: '{}' }, 404],
    ['a look-up', '/getconnection/p', { method: 'POST', body: '{}' }, 400],
    [
      'an answer of a method',
      '/rpc',
      { method: 'POST', body: '[]', headers: { 'Content-Type': 'application/json' } },
      200,
    ],
    ['changes of the registry', '/connections/p/watch', {}, 200],
    ['figures of the registry', '/connections/statistics', {}, 200],
    ['the page of the registry', '/', {}, 200],
    ['the word that it is live', '/live', {}, 200],
  ])('forbids a browser to guess the type of %s', async (_name, path, init, status) => {
    const gone = new AbortController();
    const response = await fetch(`${running.url}${path}`, { ...init, signal: gone.signal });
    expect([response.status, response.headers.get('x-content-type-options')]).toEqual([status, 'nosniff']);
    gone.abort();
  });

  it('forbids it for refused handshakes too', async () => {
    const { headers } = await refusedHandshake(`${running.wsUrl}/data/a/pull?count=x`);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
  });

  it.each(['/', '/stats', '/resetStats'])('connectivity#43 #44: lets the page %s load nothing', async (path) => {
    const headers = await headersOf(path);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'x-frame-options': 'DENY' });
  });

  describe('in a browser', () => {
    let browser: Browser;
    let elsewhere: Server;
    let origin: string;
    beforeAll(async () => {
      browser = await startBrowser();
      elsewhere = createServer((request, response) =>
        response
          .setHeader('Content-Type', 'text/html')
          .end(decodeURIComponent(request.url?.split('?')[1] ?? '<link rel=icon href=data:,>')),
      );
      elsewhere.listen(0, '127.0.0.1');
      await once(elsewhere, 'listening');
      origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      await browser.close();
      elsewhere.close();
    });

    const pageWith = (html: string): string => `${origin}/?${encodeURIComponent(`<link rel=icon href=data:,>${html}`)}`;

    it('connectivity#43: shows the page of the registry as before, without a complaint', async () => {
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      await page.goto(running.url);
      const colour = await page.evaluate("getComputedStyle(document.querySelector('s')).color");
      expect([await page.locator('s').first().innerText(), colour]).toEqual(['gone', 'rgb(255, 0, 0)']);
      expect(complaints).toEqual([]);
      await page.close();
    });

    it('keeps it out of the pages of another origin', async () => {
      const page = await browser.newPage();
      await page.goto(pageWith(`<iframe src="${running.url}/stats"></iframe>`));
      const frame = page.frames()[1];
      expect(frame?.url()).toMatch(/^chrome-error:/);
      expect(await frame?.content()).not.toContain('Connection server');
      await page.close();
    });

    it('shows pictures in the pages of another origin', async () => {
      const red = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#f00' } })
        .jpeg()
        .toBuffer();
      await store.append('picture', [red]);
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      const image = (path: string): string => `<img src="${running.url}${path}">`;
      await page.goto(pageWith(`${image('/data/picture')}${image('/data/picture?output=png')}`));
      const widths = (): Promise<number[]> =>
        page.evaluate('[...document.images].map(({ naturalWidth }) => naturalWidth)');
      expect(await widths()).toEqual([40, 40]);
      const moving = `${running.url}/mjpeg/picture?last_entry_id=0`;
      await page.evaluate(`document.body.append(Object.assign(new Image(), { src: ${JSON.stringify(moving)} }))`);
      await page.waitForFunction('[...document.images].at(-1)?.naturalWidth === 40');
      expect(complaints).toEqual([]);
      await page.close();
    });

    it('shows moving pictures on a page of their own', async () => {
      const red = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#f00' } })
        .jpeg()
        .toBuffer();
      await store.append('alone', [red]);
      const page = await browser.newPage();
      const complaints = complaintsOf(page);
      await page.goto(`${running.url}/mjpeg/alone?last_entry_id=0`, { waitUntil: 'commit' });
      // A picture that came before the page around it may not be seen: others follow, as from a camera.
      await waitFor('the picture', async () => {
        await store.append('alone', [red]);
        return page.evaluate<boolean>('document.images[0]?.naturalWidth === 400');
      });
      expect(complaints).toEqual([]);
      await page.close();
    });

    it('does not run an entry that is a page', async () => {
      const page = await browser.newPage();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.goto(
        pageWith(`<iframe src="${running.url}/data/page"></iframe><embed src="${running.url}/data/page">`),
      );
      await page.goto(`${running.url}/data/page`).catch(() => undefined);
      await page.goto(`${running.url}/stats`);
      expect(asked).toContain('/data/page');
      expect(asked).not.toContain('/ping');
      await page.close();
    });
  });
});

it('forbids a browser to guess the type of what is answered past the framework', async () => {
  const running = await startApplication([
    ConnectivityModule.forRoot({ registry: memoryRegistry(), bypassFramework: true, public: true }),
  ]);
  try {
    const client = new RegistryClient(running.url);
    for (const reply of [await client.publish('p', [wire('a')]), await client.post('/publish', '{')])
      expect(reply.headers).toMatchObject({ 'x-content-type-options': 'nosniff' });
  } finally {
    await running.close();
  }
});
