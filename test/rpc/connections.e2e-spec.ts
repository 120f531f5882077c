import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@nestjs/common';
import { MillraceWsAdapter, type SocketConnection, SocketRegistry } from '@millrace/core';
import { RPC_GOODBYE } from '@millrace/protocol';
import { HTTP_ADAPTERS, type RunningApplication } from '../support/applications.js';
import { CertificateMaker } from '../support/certificates.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';
import { loadOf } from './support/load.js';
import { startPlayground } from './support/applications.js';
import { Playground } from './support/playground.js';
import { postRpc } from './support/rpc-http.js';
import { RpcSocket } from './support/rpc-socket.js';

const v = { jsonrpc: '2.0' };

/** Keeps what is logged as an error. */
class ErrorLog implements LoggerService {
  readonly errors: unknown[] = [];
  log(): void {}
  warn(): void {}
  error(message: unknown): void {
    this.errors.push(message);
  }
}

describe.each(HTTP_ADAPTERS)('Connections on %s', (adapter) => {
  let running: RunningApplication;
  let url: string;
  const logger = new ErrorLog();
  beforeAll(async () => {
    running = await startPlayground({ paths: ['/', '/rpc'] }, { adapter, logger });
    url = `${running.wsUrl}/rpc`;
  });
  afterAll(() => running.close());

  it('rpc#S1: upgrades on each configured path without a sub-protocol', async () => {
    for (const path of ['/', '/rpc', '/rpc?x=1']) {
      const socket = await RpcSocket.open(`${running.wsUrl}${path}`);
      expect(socket.client.ws.protocol).toBe('');
      expect(socket.client.ws.extensions).toBe('');
      await socket.expectSilence();
      await socket.close();
    }
  });

  it('rpc#S2: refuses the upgrade on other paths with an HTTP status', async () => {
    expect((await refusedHandshake(`${running.wsUrl}/other`)).status).toBe(404);
    expect((await refusedHandshake(`${running.wsUrl}/healthz`)).status).toBe(404);
  });

  it('rpc#S3: ten in a row and ten at once; a 1006 closure is no error', async () => {
    for (let count = 0; count < 10; count += 1) {
      const socket = await RpcSocket.open(url);
      await socket.expectSilence();
      if (count % 2) await socket.close();
      else socket.client.ws.terminate();
    }
    const sockets = await Promise.all(Array.from({ length: 10 }, () => RpcSocket.open(url)));
    await Promise.all(sockets.map((socket) => socket.expectSilence()));
    for (const { client } of sockets) client.ws.terminate();
    const { endpoints } = running.app.get(SocketRegistry, { strict: false });
    await waitFor('every socket to be gone', () => endpoints.every(({ connections }) => connections.size === 0));
    expect(logger.errors).toEqual([]);
  });

  it('rpc#S20: invalid UTF-8 closes one connection with 1007 and nothing else', async () => {
    const [bad, good] = [await RpcSocket.open(url), await RpcSocket.open(url)];
    bad.client.ws.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    expect((await bad.client.closed).code).toBe(1007);
    await good.expectSilence();
    await good.close();
  });

  it('rpc#S21: fragmented messages and pings', async () => {
    const socket = await RpcSocket.open(url);
    const text = JSON.stringify({ ...v, id: 1, method: 'echo', params: ['zwölf'] });
    const bytes = Buffer.from(text);
    const half = bytes.indexOf('ö') + 1;
    socket.client.ws.send(bytes.subarray(0, half), { fin: false, binary: false });
    const pong = new Promise<Buffer>((resolve) => socket.client.ws.once('pong', resolve));
    socket.client.ws.ping('are you there');
    socket.client.ws.send(bytes.subarray(half), { fin: true, binary: false });
    expect((await pong).toString()).toBe('are you there');
    expect((await socket.next())['result']).toEqual(['zwölf']);
    await socket.close();
  });

  it('rpc#S38: 80 pipelined and 200 sequential requests, mixed with errors', async () => {
    const socket = await RpcSocket.open(url);
    for (let id = 0; id < 80; id += 1)
      socket.send({ ...v, id, method: id % 3 ? 'sum' : 'crash', params: id % 3 ? [id] : undefined });
    const replies = new Map<unknown, Record<string, unknown>>();
    for (let count = 0; count < 80; count += 1) {
      const reply = await socket.next();
      replies.set(reply['id'], reply);
    }
    for (let id = 0; id < 80; id += 1) {
      expect(replies.get(id)).toMatchObject(id % 3 ? { result: id } : { error: { code: -32603 } });
    }
    for (let count = 0; count < 200; count += 1) {
      const reply = await socket.call(count % 5 ? 'sum' : 'app-error', count % 5 ? [count] : undefined, 0);
      expect(reply).toMatchObject(count % 5 ? { id: 0, result: count } : { id: 0, error: { code: 1234 } });
    }
    await socket.close();
    logger.errors.length = 0;
  });

  it('rpc#S39: ids of different connections do not interfere', async () => {
    const sockets = await Promise.all(Array.from({ length: 5 }, () => RpcSocket.open(url)));
    sockets.forEach((socket, index) => socket.send({ ...v, id: 0, method: 'slow', params: { steps: 3 + index } }));
    sockets.forEach((socket, index) => socket.send({ ...v, id: 1, method: 'sum', params: [index] }));
    for (const [index, socket] of sockets.entries()) {
      const messages = [];
      while (messages.length < 5 + index) messages.push(await socket.next());
      expect(messages.filter(({ method }) => method === 'slow')).toHaveLength(3 + index);
      expect(messages).toContainEqual({ ...v, id: 0, result: 'done' });
      expect(messages).toContainEqual({ ...v, id: 1, result: index });
      await socket.close();
    }
  });

  it('rpc#S40: an idle connection is sent nothing while others work', async () => {
    const [idle, busy] = [await SocketClient.open(url), await RpcSocket.open(url)];
    busy.send({ ...v, id: 1, method: 'slow', params: { steps: 3 } });
    while ((await busy.next())['id'] !== 1) continue;
    await busy.close();
    expect(idle.frames).toEqual([]);
    await idle.close();
  });
});

it('rpc#S4: TLS with a passphrase on the key, and a certificate with only a CN', async () => {
  const certificates = await CertificateMaker.create();
  const passphrase = 'for tests only';
  const { key, cert } = await certificates.make({ passphrase });
  const server = createServer({ key, cert, passphrase });
  let adapter: MillraceWsAdapter | undefined;
  const running = await startPlayground(
    {},
    {
      sockets: false,
      prepare: (app) => {
        adapter = new MillraceWsAdapter(app);
        app.useWebSocketAdapter(adapter);
      },
    },
  );
  adapter?.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // By the address: one of several that a name has is given up after a quarter of a second.
  const trusting = { ca: cert, servername: 'localhost' };
  const client = await SocketClient.open(`wss://127.0.0.1:${port}/rpc`, trusting);
  const socket = new RpcSocket(client);
  expect(await socket.call('sum', [1, 2], 1)).toEqual({ ...v, id: 1, result: 3 });
  await socket.close();
  await running.close();
  server.close();
  await certificates.remove();
});

describe('rpc#S5: a limit of clients', () => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startPlayground({ maxClients: 2 }, { sockets: { handshakeTimeout: '1s' } });
  });
  afterAll(() => running.close());

  it('leaves one client too many waiting, and gives it the place that becomes free', async () => {
    const url = `${running.wsUrl}/rpc`;
    const [first, second] = [await RpcSocket.open(url), await RpcSocket.open(url)];
    const failed = await SocketClient.open(url, { handshakeTimeout: 2000 }).catch((error: Error) => error.message);
    expect(failed).toBe('Opening handshake has timed out');
    const third = RpcSocket.open(url);
    await first.close();
    await (await third).expectSilence();
    await second.close();
    const fourth = await RpcSocket.open(url);
    await fourth.expectSilence();
    await Promise.all([fourth.close(), (await third).close()]);
  });
});

describe('rpc#S41: a slow reader', () => {
  it('is held back, then closed with 1013, while others are served', async () => {
    const running = await startPlayground({
      maxBufferedBytes: 64 * 1024,
      maxUnreadBytes: 8 * 1024 * 1024,
      stallTimeout: '300ms',
    });
    const url = `${running.wsUrl}/rpc`;
    const [slow, quick] = [await RpcSocket.open(url), await RpcSocket.open(url)];
    slow.client.ws.pause();
    const text = 'x'.repeat(1024 * 1024);
    for (let id = 0; id < 64; id += 1) slow.send({ ...v, id, method: 'echo', params: [text] });
    const [{ connections } = { connections: new Set<SocketConnection>() }] = running.app.get(SocketRegistry, {
      strict: false,
    }).endpoints;
    let most = 0;
    await waitFor(
      'the slow reader to be dropped',
      async () => {
        for (const { bufferedBytes } of connections) most = Math.max(most, bufferedBytes);
        expect((await quick.call('sum', [1], 1))['result']).toBe(1);
        return connections.size === 1;
      },
      { pause: 5 },
    );
    expect(most).toBeGreaterThan(64 * 1024);
    expect(most).toBeLessThan(8 * 1024 * 1024 + 2 * text.length);
    slow.client.ws.terminate();
    await quick.close();
    await running.close();
  });

  it('goes on when it has caught up, and gets every answer', async () => {
    const running = await startPlayground({ maxBufferedBytes: 64 * 1024 });
    const slow = await RpcSocket.open(`${running.wsUrl}/rpc`);
    slow.client.ws.pause();
    const text = 'x'.repeat(512 * 1024);
    // More than the operating system takes for one who reads nothing.
    const calls = 100;
    for (let id = 0; id < calls; id += 1) slow.send({ ...v, id, method: 'echo', params: [text] });
    const [{ connections } = { connections: new Set<SocketConnection>() }] = running.app.get(SocketRegistry, {
      strict: false,
    }).endpoints;
    await waitFor('the server to hold back', () => [...connections].some(({ ws }) => ws.isPaused));
    slow.client.ws.resume();
    for (let id = 0; id < calls; id += 1) expect((await slow.next())['id']).toBe(id);
    await running.close();
  });
});

it('rpc#S47: shutdown answers running requests, hands back new ones, aborts at the deadline, and closes with 1012', async () => {
  const running = await startPlayground({ maxRunningCalls: 2 }, { sockets: { shutdownTimeout: '3s' } });
  const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  const playground = running.app.get(Playground);
  const { aborted } = playground;
  socket.send({ ...v, id: 1, method: 'slow', params: { steps: 100_000 } });
  socket.send({ ...v, id: 2, method: 'patient' });
  socket.send({ ...v, id: 3, method: 'get_data' });
  await socket.next();
  const closing = running.close();
  const texts = (): string[] => socket.client.frames.map(({ data }) => data.toString());
  await waitFor('what waited', () => texts().some((text) => text.includes('"id":3')));
  socket.send({ ...v, id: 4, method: 'get_data' });
  await waitFor('what came late', () => texts().some((text) => text.includes('"id":4')));
  await playground.letGo(1);
  await waitFor('the answer', () => texts().some((text) => text.includes('waited')));
  expect(aborted).toEqual([]);
  const { code, reason } = await socket.client.closed;
  await closing;
  const messages = texts().map((text) => JSON.parse(text) as Record<string, unknown>);
  const answers = messages.filter(({ method }) => method === undefined);
  const handedBack = (id: number, begun: boolean): object => ({
    ...v,
    id,
    error: { code: -32053, message: 'The server is shutting down', data: { begun } },
  });
  expect({ code, reason }).toEqual(RPC_GOODBYE);
  expect(aborted).toEqual(['RpcShutdownError']);
  expect(answers).toEqual([
    handedBack(3, false),
    handedBack(4, false),
    { ...v, id: 2, result: 'waited' },
    handedBack(1, true),
  ]);
});

it('rpc#S42: shutdown answers what came by HTTP, and the server can end', async () => {
  const running = await startPlayground({}, { sockets: { shutdownTimeout: '2s' } });
  const playground = running.app.get(Playground);
  const answers = [
    { ...v, id: 1, method: 'slow', params: { steps: 100_000 } },
    { ...v, id: 2, method: 'patient' },
  ].map((message) => postRpc(`${running.url}/rpc`, message));
  await waitFor('both calls', async () => (await loadOf(running.app)).clients === 2);
  const closing = running.close();
  await playground.letGo(1);
  await closing;
  const [slow, patient] = await Promise.all(answers);
  expect(slow?.json).toMatchObject({ id: 1, error: { code: -32053, data: { begun: true } } });
  expect(patient?.json).toEqual({ ...v, id: 2, result: 'waited' });
  expect(playground.aborted).toEqual(['RpcShutdownError']);
});
