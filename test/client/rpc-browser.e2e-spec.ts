import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type * as Client from '@millrace/client';
import { startBrowser } from '../support/browser.js';
import { binaryFrame } from '../support/binary-frame.js';
import { freePort } from '../support/free-port.js';
import { startPeer, type Peer, type PeerMessage } from './peers.js';
import { buildClient, type BuiltClient, CLIENT_PAGE } from './support/browser-files.js';

/** What a page has in its global scope. */
interface ClientPage {
  client: typeof Client;
}

let built: BuiltClient;
let browser: Browser;
let page: Page;
let peer: Peer;

/** Serves the built files and plays the server. */
const serveFiles: RequestListener = (request, response) => {
  const path = request.url ?? '/';
  if (path === '/') {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(CLIENT_PAGE(''));
    return;
  }
  readFile(join(built.directory, path)).then(
    (file) => response.writeHead(200, { 'Content-Type': 'text/javascript; charset=utf-8' }).end(file),
    () => response.writeHead(404).end(),
  );
};

const running = new Map<number, PeerMessage>();

function answer(one: PeerMessage): void {
  const { ws, message, payload, send, reply, fail } = one;
  if (Array.isArray(message)) {
    send(message.map(({ id, params }: { id: number; params: unknown }) => ({ jsonrpc: '2.0', id, result: params })));
    return;
  }
  switch (message.method) {
    case 'echo':
      return reply(message.params);
    case 'echo-binary':
      return ws.send(binaryFrame({ jsonrpc: '2.0', id: message.id, result: payload.length }, payload));
    case 'slow':
      running.set(message.id, one);
      return send({ jsonrpc: '2.0', method: 'slow', params: { id: message.id, operation: 'Working', amount: 0.5 } });
    case 'cancel':
      reply(null);
      return running.get(message.params.id)?.fail(20, 'Task cancelled');
    case 'go':
      return ws.close(1001, 'going away');
    default:
      return fail(-32601, 'Method not found');
  }
}

beforeAll(async () => {
  built = await buildClient();
  [browser, peer] = await Promise.all([startBrowser(), startPeer(answer, { onRequest: serveFiles })]);
  page = await browser.newPage();
}, 300_000);
beforeEach(async () => {
  await page.goto(`http://${peer.uri}/`);
});
afterAll(async () => {
  await browser?.close();
  await peer?.close();
  await built?.remove();
});

it('the client for pages is one file without imports', () => {
  const source = readFileSync(join(built.directory, 'standalone.js'), 'utf8');
  expect(source).not.toMatch(/\bimport\b|\brequire\(/);
  expect(source).toMatch(/export\{/);
});

it('the browser entry offers what the Node entry does, but for what reads files', async () => {
  const names = await page.evaluate(() => Object.keys((globalThis as unknown as ClientPage).client));
  const node = (await import('@millrace/client')) as object;
  const onlyInNode = ['nodeSources', 'parseCredentials'];
  expect(names.sort()).toEqual(
    Object.keys(node)
      .filter((name) => !['__esModule', 'default', ...onlyInNode].includes(name))
      .sort(),
  );
});

it('in a page: requests, errors, batches, binary data and notifications', async () => {
  const seen = await page.evaluate(async (uri) => {
    const { Connector } = (globalThis as unknown as ClientPage).client;
    const instance = await new Connector({ uri }).connect();
    const payload = new Uint8Array(100_000).fill(7);
    const binary = await instance.execute<number>('echo-binary', null, payload);
    const error = await instance.request('missing').catch((thrown: unknown) => thrown);
    const many = await Promise.all(Array.from({ length: 500 }, (_, n) => instance.request<number[]>('echo', [n])));
    const batch = await instance.batch([
      { method: 'a', params: [1] },
      { method: 'b', params: ['ü'] },
    ]);
    await instance.notify('echo', [1]);
    await instance.disconnect();
    return {
      echoed: many.map(([n]) => n),
      code: (error as Client.JsonRpcError).code,
      size: [binary.result, binary.binary.length, binary.binary[99_999]],
      batch,
      connected: instance.connected,
      closed: await instance.closed,
    };
  }, peer.uri);
  expect(seen).toEqual({
    echoed: Array.from({ length: 500 }, (_, n) => n),
    code: -32601,
    size: [100_000, 100_000, 7],
    batch: [
      { status: 'fulfilled', value: [1] },
      { status: 'fulfilled', value: ['ü'] },
    ],
    connected: false,
    closed: { code: 1000, reason: '' },
  });
});

it('in a page: progress is iterable and a task can be cancelled', async () => {
  const seen = await page.evaluate(async (uri) => {
    const { Connector } = (globalThis as unknown as ClientPage).client;
    const instance = await new Connector({ uri }).connect();
    const task = instance.task('slow');
    const steps: string[] = [];
    for await (const { operation, amount } of task) {
      steps.push(`${operation} ${amount}`);
      await task.cancel();
    }
    const error = await task.catch((thrown: unknown) => thrown);
    await instance.disconnect();
    return { steps, code: (error as Client.JsonRpcError).code };
  }, peer.uri);
  expect(seen).toEqual({ steps: ['Working 0.5'], code: 20 });
});

it('in a page: a server that goes, one that is not there, and settings a page cannot have', async () => {
  const seen = await page.evaluate(
    async ([uri, nowhere]) => {
      const { Connector } = (globalThis as unknown as ClientPage).client;
      const nameOf = (error: unknown): string => (error as Error).name;
      const instance = await new Connector({ uri: uri ?? '' }).connect();
      const waiting = await instance.request('go').catch(nameOf);
      const closed = await instance.closed;
      const missing = await new Connector({ uri: nowhere ?? '', maxAttempts: 2, attemptPeriod: 1 })
        .connect()
        .catch(nameOf);
      const tls = await new Connector({ uri: uri ?? '', tls: { caData: 'x' } }).connect().catch(nameOf);
      return { waiting, closed, missing, tls };
    },
    [peer.uri, `127.0.0.1:${await freePort()}`],
  );
  expect(seen).toEqual({
    waiting: 'ConnectionClosedError',
    closed: { code: 1001, reason: 'going away' },
    missing: 'ServiceUnavailableError',
    tls: 'ConfigurationError',
  });
});
