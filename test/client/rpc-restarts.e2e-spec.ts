import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { Connector, RpcClient } from '@millrace/client';
import { RPC_GOODBYE } from '@millrace/protocol';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/waiting.js';
import { startPeer, type Peer, type PeerMessage, type PeerOptions } from './peers.js';

const HANDED_BACK = [-32053, 'The server is shutting down', { begun: false }] as const;

describe('rpc#C23: a server that ends', () => {
  const peers: Peer[] = [];
  const clients: RpcClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.disconnect()));
    await Promise.all(peers.splice(0).map((peer) => peer.close()));
  });

  async function serve(onMessage?: (message: PeerMessage) => void, options?: PeerOptions): Promise<Peer> {
    const peer = await startPeer(onMessage, options);
    peers.push(peer);
    return peer;
  }

  function clientOf(uri: string): RpcClient {
    const client = new RpcClient(new Connector({ uri }));
    clients.push(client);
    return client;
  }

  it('calls that were handed back are sent again, and those that run are answered on the old connection', async () => {
    const asked: string[] = [];
    let finish: () => void = () => undefined;
    const peer = await serve(({ ws, message, reply, fail }) => {
      const connection = peer.accepted();
      asked.push(`${connection}:${message.method}`);
      if (message.method === 'running') finish = () => (reply('from the first'), ws.close(1012, RPC_GOODBYE.reason));
      else if (connection === 1) fail(...HANDED_BACK);
      else reply(message.method);
    });
    const client = clientOf(peer.uri);
    const running = client.request('running');
    await waitFor('the running call', () => asked.length === 1);
    const task = client.task('task');
    expect(await client.request('request')).toBe('request');
    expect((await client.execute('binary', null, Buffer.from('1'))).result).toBe('binary');
    expect((await task).result).toBe('task');
    for await (const _progress of task) break;
    finish();
    expect(await running).toBe('from the first');
    expect(peer.accepted()).toBe(2);
    await waitFor('the end of the old connection', () => peer.open() === 1);
  });

  it('entries of a batch that were handed back are sent again by themselves', async () => {
    const batches: unknown[][] = [];
    const peer = await serve(({ message, send }) => {
      const entries = message as { id: number; method: string }[];
      batches.push(entries.map(({ method }) => method));
      const [code, text, data] = HANDED_BACK;
      send(
        entries.map(({ id, method }) =>
          batches.length === 1 && method !== 'a'
            ? { jsonrpc: '2.0', id, error: { code, message: text, data } }
            : { jsonrpc: '2.0', id, result: method },
        ),
      );
    });
    const outcome = await clientOf(peer.uri).batch([{ method: 'a' }, { method: 'b' }, { method: 'c' }]);
    expect(outcome).toEqual(['a', 'b', 'c'].map((value) => ({ status: 'fulfilled', value })));
    expect(batches).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
    ]);
  });

  it('a call without an answer is sent again after its goodbye, and after no other end', async () => {
    const ends = [RPC_GOODBYE, { code: 1012, reason: 'of another maker' }, { code: 1001, reason: RPC_GOODBYE.reason }];
    for (const { code, reason } of ends) {
      const peer = await serve(({ ws, reply }) => (peer.accepted() === 1 ? ws.close(code, reason) : reply('again')));
      const outcome = await clientOf(peer.uri)
        .request('m')
        .catch((error: Error) => error.name);
      expect([code, reason, outcome]).toEqual([
        code,
        reason,
        reason === RPC_GOODBYE.reason && code === RPC_GOODBYE.code ? 'again' : 'ConnectionClosedError',
      ]);
    }
  });

  it('a call that was begun and cut at the deadline is the caller’s to repeat', async () => {
    const peer = await serve(({ fail }) => fail(-32053, 'The server is shutting down', { begun: true }));
    await expect(clientOf(peer.uri).request('m')).rejects.toMatchObject({ code: -32053, data: { begun: true } });
    expect(peer.accepted()).toBe(1);
  });

  it.each([1001, 1012, 1013])('after %i the next server is waited for', async (code) => {
    const port = await freePort();
    const first = await serve(({ ws, reply }) => (reply('first'), ws.close(code, 'restarts')), { port });
    const client = clientOf(first.uri);
    expect(await client.request('m')).toBe('first');
    await waitFor('the end of the connection', () => !client.connected);
    await first.close();
    const next = client.request('m');
    await new Promise((resolve) => setImmediate(resolve));
    await serve(({ reply }) => reply('second'), { port });
    expect(await next).toBe('second');
  });

  it('a handshake that it refuses is tried again; other refusals are said at once', async () => {
    let refusals = 0;
    const port = await freePort();
    const refusing = (body: string): Server =>
      createServer().on('upgrade', (_request, socket) => {
        refusals += 1;
        socket.end(`HTTP/1.1 503 Service Unavailable\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    const listen = async (server: Server): Promise<void> =>
      void (await once(server.listen(port, '127.0.0.1'), 'listening'));
    const full = refusing('{"detail":"Too many sockets"}');
    await listen(full);
    await expect(clientOf(`127.0.0.1:${port}`).request('m')).rejects.toMatchObject({ status: 503 });
    expect(refusals).toBe(1);
    await new Promise((resolve) => full.close(resolve));
    const leaving = refusing('{"detail":"The server is shutting down"}');
    await listen(leaving);
    const call = clientOf(`127.0.0.1:${port}`).request('m');
    await waitFor('two refusals', () => refusals >= 3);
    await new Promise((resolve) => leaving.close(resolve));
    await serve(({ reply }) => reply('next'), { port });
    expect(await call).toBe('next');
  });

  it('a client that is disconnected meanwhile waits for nobody', async () => {
    const port = await freePort();
    let goodbye = false;
    const peer = await serve(
      ({ ws }) => {
        ws.close(RPC_GOODBYE.code, RPC_GOODBYE.reason);
        goodbye = true;
      },
      { port },
    );
    const client = clientOf(peer.uri);
    const call = client.request('m');
    call.catch(() => undefined);
    await waitFor('the goodbye', () => goodbye);
    await peer.close();
    await waitFor('the end of the connection', () => !client.connected);
    await client.disconnect();
    // In words of the connection, or of the client that waits for the next one.
    await expect(call).rejects.toMatchObject({ name: expect.stringMatching(/^(ConnectionClosed|JsonRpc)Error$/) });
  });
});
