import { connect } from 'node:net';
import type { INestApplicationContext } from '@nestjs/common';
import { ConnectivityModule } from '@millrace/connectivity';
import { ConnectorHubModule } from '@millrace/connector';
import { Shutdown } from '@millrace/core/shutdown';
import { RPC_GOODBYE } from '@millrace/protocol';
import { RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { RawConnector } from '../connector/support/raw-connector.js';
import { loadOf } from '../rpc/support/load.js';
import { PlaygroundModule } from '../rpc/support/playground.js';
import { BOTH_HTTP_ADAPTERS, closeInTime, startApplication, type StartOptions } from '../support/applications.js';
import { HealthModule } from '../support/health-module.js';
import { refusedHandshake, SocketClient } from '../support/socket-client.js';
import { waitFor } from '../support/waiting.js';

const v = { jsonrpc: '2.0' };

/** The head of an answer, on a connection that its client would keep. */
function keptAnswer(url: string, path: string): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1').once('error', reject);
    socket.once('data', (head: Buffer) => {
      resolve(head.toString());
      socket.destroy();
    });
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  });
}

describe.each(BOTH_HTTP_ADAPTERS)('An instance that is stopped, on %s,', (adapter) => {
  const start = (sockets: StartOptions['sockets']) =>
    startApplication(
      [
        RpcModule.forRoot({ paths: ['/rpc'] }),
        PlaygroundModule,
        StreamStoreModule.forRoot({ store: memoryStore(), retention: { maxLength: 1_000_000 } }),
        ConnectivityModule.forRoot(),
        ConnectorHubModule.forRoot({ public: true, sources: { a: {} } }),
        HealthModule,
      ],
      { adapter, sockets },
    );
  const begun = (app: INestApplicationContext): Promise<boolean> =>
    waitFor('the beginning', () => app.get(Shutdown).signal.aborted);

  it('first says that it is not ready, and works on for the delay', async () => {
    const running = await start({ shutdownDelay: '4s' });
    const { app, url, wsUrl } = running;
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await keptAnswer(url, '/health')).toLowerCase()).not.toContain('connection: close');
    const rpc = await SocketClient.open(`${wsUrl}/rpc`);
    const closing = closeInTime(running);
    const refused = await waitFor('the health to say no', async () => {
      const answer = await fetch(`${url}/health`);
      return answer.status === 503 ? answer : undefined;
    });
    expect(await refused.json()).toMatchObject({ error: { rpc: { message: 'The server is shutting down' } } });
    expect((await fetch(`${url}/ready`)).status).toBe(503);
    expect((await fetch(`${url}/live`)).status).toBe(200);
    // Nothing else is refused, and nobody is sent away.
    const late = await SocketClient.open(`${wsUrl}/rpc`);
    for (const client of [rpc, late]) {
      client.send(JSON.stringify({ ...v, id: 1, method: 'get_data' }));
      expect(JSON.parse(await client.nextText())).toEqual({ ...v, id: 1, result: ['hello', 5] });
    }
    expect((await keptAnswer(url, '/streams')).toLowerCase()).toContain('connection: close');
    expect(app.get(Shutdown).signal.aborted).toBe(false);
    expect(await rpc.closed).toEqual(RPC_GOODBYE);
    expect(await late.closed).toEqual(RPC_GOODBYE);
    await closing;
  });

  it('then refuses new sockets with 503 and a time to come back', async () => {
    const running = await start({ shutdownTimeout: '30s' });
    const busy = await SocketClient.open(`${running.wsUrl}/rpc`);
    busy.send(JSON.stringify({ ...v, id: 1, method: 'wait', params: { milliseconds: 1000 } }));
    await waitFor('the call', async () => (await loadOf(running.app)).calls === 1);
    const closing = closeInTime(running);
    await begun(running.app);
    for (const path of ['/rpc', '/data/a/pull', '/data/a/push', '/connections/p/watch', '/api/v1/wsock/websocket']) {
      const { status, headers } = await refusedHandshake(`${running.wsUrl}${path}`);
      expect([path, status, headers['retry-after']]).toEqual([path, 503, '1']);
    }
    await closing;
  });

  it('sends its followers away one after the other, over a part of the time', async () => {
    const running = await start({ shutdownTimeout: '20s' });
    const { app, url, wsUrl } = running;
    const paths = ['/rpc', '/data/a/pull', '/connections/p/watch', '/api/v1/wsock/websocket'];
    const sockets = await Promise.all(
      Array.from({ length: 60 }, (_unused, index) => SocketClient.open(`${wsUrl}${paths[index % 4]}`)),
    );
    const events = await Promise.all(
      ['/data/a', '/connections/p/watch'].flatMap((path) =>
        Array.from({ length: 5 }, () => fetch(`${url}${path}`, { headers: { accept: 'text/event-stream' } })),
      ),
    );
    let beganAt = 0;
    app.get(Shutdown).signal.addEventListener('abort', () => (beganAt = performance.now()));
    const closing = closeInTime(running);
    const ends = await Promise.all([
      ...sockets.map(async ({ closed }) => {
        expect((await closed).code).toBe(1012);
        return performance.now() - beganAt;
      }),
      // The end of a stream is no error to its client.
      ...events.map((answer) => answer.text().then(() => performance.now() - beganAt)),
    ]);
    await closing;
    ends.sort((one, other) => one - other);
    const [first = 0, last = 0] = [ends[0], ends.at(-1)];
    expect(last - first).toBeGreaterThan(500);
    // Never all in one moment.
    const largest = Math.max(...ends.map((at) => ends.filter((other) => Math.abs(other - at) <= 50).length));
    expect(largest).toBeLessThan(ends.length * 0.7);
  });

  it('answers calls and queries that run, and then ends in less than its time', async () => {
    const running = await start({ shutdownTimeout: '1h' });
    const { app, url, wsUrl } = running;
    const rpc = await SocketClient.open(`${wsUrl}/rpc`);
    const source = await RawConnector.connect(wsUrl, 'a');
    rpc.send(JSON.stringify({ ...v, id: 1, method: 'slow', params: { steps: 20, pause: 100 } }));
    const headers = { 'content-type': 'application/json' };
    const post = fetch(`${url}/rpc`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ ...v, id: 2, method: 'slow', params: { steps: 20, pause: 100 } }),
    });
    const query = fetch(`${url}/sources/a/query`, { method: 'POST', headers, body: '{}' });
    const { address } = await source.nextQuery();
    await waitFor('the calls', async () => (await loadOf(app)).calls === 2);
    const closing = closeInTime(running);
    await begun(app);
    source.respond(address, 100, [{ n: 1 }]);
    source.notify({ n: 1 });
    source.respond(address, 200, [{ n: 2 }]);
    expect(await (await query).json()).toEqual([{ n: 1 }, { n: 2 }]);
    expect((await source.client.closed).code).toBe(1012);
    expect(await (await post).json()).toEqual({ ...v, id: 2, result: 'done' });
    expect(await rpc.closed).toEqual(RPC_GOODBYE);
    expect(rpc.frames.map(({ data }) => data.toString()).at(-1)).toContain('"result":"done"');
    await closing;
  });

  it('acknowledges every entry that it has taken before the goodbye', async () => {
    const running = await start({ shutdownTimeout: '30s' });
    const { app, wsUrl } = running;
    const push = await SocketClient.open(`${wsUrl}/data/a/push?ack=true`);
    let sent = 0;
    const pushing = setInterval(() => {
      if (push.ws.readyState !== push.ws.OPEN) return;
      for (let more = 0; more < 20; more += 1, sent += 1) push.send(Buffer.from(String(sent)));
    }, 1);
    await waitFor('some acknowledgements', () => push.frames.length > 100);
    let stored = 0;
    const store = app.get(StreamStore);
    const close = store.close.bind(store);
    jest.spyOn(store, 'close').mockImplementation(async () => {
      ({ length: stored } = await store.readNewest('a', 1_000_000));
      await close();
    });
    await closeInTime(running);
    clearInterval(pushing);
    expect((await push.closed).code).toBe(1012);
    expect(sent).toBeGreaterThanOrEqual(push.frames.length);
    expect(stored).toBe(push.frames.length);
  });

  it('cuts at the deadline what hangs, and says of each call whether it was begun', async () => {
    const running = await start({ shutdownTimeout: '1s' });
    const { app, url, wsUrl } = running;
    const rpc = await SocketClient.open(`${wsUrl}/rpc`);
    const source = await RawConnector.connect(wsUrl, 'a');
    rpc.send(JSON.stringify({ ...v, id: 1, method: 'stubborn' }));
    const query = fetch(`${url}/sources/a/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    await source.nextQuery();
    await waitFor('the call', async () => (await loadOf(app)).calls === 1);
    const closing = closeInTime(running);
    await begun(app);
    const late = setInterval(() => rpc.send(JSON.stringify({ ...v, id: 2, method: 'get_data' })), 50);
    expect(await rpc.closed).toEqual(RPC_GOODBYE);
    clearInterval(late);
    const answers = rpc.frames.map(({ data }) => JSON.parse(data.toString()) as { id: number; error?: object });
    const error = (flag: boolean): object => ({
      code: -32053,
      message: 'The server is shutting down',
      data: { begun: flag },
    });
    expect(answers.filter(({ id }) => id === 1)).toEqual([{ ...v, id: 1, error: error(true) }]);
    expect(answers).toContainEqual({ ...v, id: 2, error: error(false) });
    expect((await query).status).toBe(503);
    expect((await source.client.closed).code).toBe(1012);
    await closing;
  });
});
