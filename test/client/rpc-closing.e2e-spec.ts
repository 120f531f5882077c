import { checkVersion, Connector, consoleLogger, type Instance, RpcClient } from '@millrace/client';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/waiting.js';
import { startPeer, startTcpPeer, type Peer, type PeerMessage, type PeerOptions } from './peers.js';
import { RecordingLogger } from './recording-logger.js';

const peers: Peer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

async function serve(onMessage?: (message: PeerMessage) => void, options?: PeerOptions): Promise<Peer> {
  const peer = await startPeer(onMessage, options);
  peers.push(peer);
  return peer;
}

const connectTo = (peer: Peer, options = {}): Promise<Instance> =>
  new Connector({ uri: peer.uri, ...options }).connect();

describe('rpc#C14: the server goes', () => {
  it('rpc#C14: waiting requests reject at once, connected is false, replies before the close are delivered', async () => {
    const peer = await serve(({ ws, message, reply }) => {
      if (message.method !== 'last') return;
      reply('just in time');
      ws.close(1001, 'going away');
    });
    const instance = await connectTo(peer);
    const waiting = expect(instance.request('never')).rejects.toMatchObject({
      name: 'ConnectionClosedError',
      code: 'CONNECTION_CLOSED',
    });
    const task = instance.task('never');
    const last = instance.request('last');
    expect(await last).toBe('just in time');
    await waiting;
    await expect(task).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    expect(instance.connected).toBe(false);
    expect(await instance.closed).toEqual({ code: 1001, reason: 'going away' });
    await expect(instance.request('m')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await expect(instance.notify('m')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await expect(instance.batch([{ method: 'm' }])).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await instance.disconnect();
  });

  it('rpc#C14: a connection that is cut is an ordinary closure with 1006, not an error in the log', async () => {
    const logger = new RecordingLogger();
    const peer = await serve(({ ws }) => ws.terminate());
    const instance = await connectTo(peer, { logger });
    await expect(instance.request('m')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    expect((await instance.closed).code).toBe(1006);
    expect(logger.of('ERROR')).toEqual([]);
  });

  it('rpc#C14: a broken frame ends the connection with ProtocolError', async () => {
    const peer = await serve(({ ws }) => {
      // A text frame whose byte is no UTF-8.
      (ws as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(Buffer.from([0x81, 1, 0xff]));
    });
    const instance = await connectTo(peer);
    await expect(instance.request('m')).rejects.toMatchObject({ name: 'ProtocolError' });
    expect(instance.connected).toBe(false);
  });

  it('a message over maxMessageBytes ends the connection with ProtocolError', async () => {
    const peer = await serve(({ reply }) => reply('x'.repeat(2000)));
    const instance = await connectTo(peer, { maxMessageBytes: 1000 });
    await expect(instance.request('m')).rejects.toMatchObject({ name: 'ProtocolError' });
  });

  it('a message that comes with the handshake is not lost', async () => {
    const peer = await serve(undefined, {
      onConnection: (ws) => ws.send(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: 1, message: 'early' } })),
    });
    const logger = new RecordingLogger();
    await using _instance = await connectTo(peer, { logger });
    await waitFor('the message', () => logger.of('ERROR').length === 1);
  });
});

describe('rpc#C15: the client goes', () => {
  it('rpc#C15: disconnect twice is fine; waiting requests reject, later ones with ConnectionClosedError', async () => {
    const peer = await serve();
    const instance = await connectTo(peer);
    const waiting = expect(instance.request('never')).rejects.toMatchObject({
      name: 'JsonRpcError',
      id: null,
      code: 0,
      message: 'disconnected by the client',
    });
    await Promise.all([instance.disconnect(), instance.disconnect()]);
    await waiting;
    await instance.disconnect();
    expect(instance.connected).toBe(false);
    expect((await instance.closed).code).toBe(1000);
    await expect(instance.request('m')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await waitFor('the socket to go', () => peer.open() === 0);
  });

  it('rpc#C15: a server that never answers the close is left after closeTimeout', async () => {
    const peer = await serve(({ ws }) => ws.pause());
    const instance = await connectTo(peer, { closeTimeout: 20 });
    await instance.notify('pause');
    await waitFor('the server to fall silent', () => peer.accepted() === 1);
    await instance.disconnect();
    expect(instance.connected).toBe(false);
  });

  it('rpc#C15: await using disconnects, also after an exception', async () => {
    const peer = await serve();
    const kept: Instance[] = [];
    const block = async (): Promise<void> => {
      await using instance = await connectTo(peer);
      kept.push(instance);
      throw new Error('in the block');
    };
    await expect(block()).rejects.toThrow('in the block');
    expect(kept.map((instance) => instance.connected)).toEqual([false]);
    await waitFor('the socket to go', () => peer.open() === 0);
  });
});

describe('A client that connects when needed', () => {
  it('connects at the first call, shares one attempt, and connects again after a loss', async () => {
    const peer = await serve(({ ws, message, reply }) =>
      message.method === 'cut' ? ws.terminate() : reply(message.method),
    );
    await using client = new RpcClient(new Connector({ uri: peer.uri }));
    expect([client.connected, peer.accepted()]).toEqual([false, 0]);
    expect(await Promise.all([client.request('a'), client.task('b').result(), client.request('c')])).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(peer.accepted()).toBe(1);
    await expect(client.request('cut')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    expect((await client.execute('again')).result).toBe('again');
    expect(peer.accepted()).toBe(2);
    expect(await client.batch([{ method: 'n', notify: true }])).toHaveLength(1);
    await client.notify('n');
  });

  it('rpc#C5: disconnecting ends a running attempt and leaves no socket', async () => {
    const peer = await startTcpPeer((socket) => socket.resume());
    peers.push(peer);
    const client = new RpcClient(new Connector({ uri: peer.uri, maxAttempts: null }));
    const call = expect(client.request('m')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await waitFor('the attempt', () => peer.open() === 1);
    await client.disconnect();
    await call;
    await waitFor('the socket to go', () => peer.open() === 0);
    await expect(client.request('m')).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    await client.disconnect();
  });

  it('rpc#C16: a signal ends the wait of one call for the connection, not the attempt', async () => {
    const peer = await startTcpPeer((socket) => socket.resume());
    peers.push(peer);
    const client = new RpcClient(new Connector({ uri: peer.uri }));
    const abort = new AbortController();
    const call = expect(client.task('m', null, undefined, { signal: abort.signal })).rejects.toThrow('enough');
    await waitFor('the attempt', () => peer.open() === 1);
    abort.abort(new Error('enough'));
    await call;
    expect(peer.open()).toBe(1);
    await client.disconnect();
  });
});

describe('Versions', () => {
  it('checkVersion compares with the answer of get-version', async () => {
    const peer = await serve(({ reply }) => reply({ major: 3, minor: 10, patch: 1, revision: 'abc' }));
    await using instance = await connectTo(peer);
    expect((await checkVersion(instance, '3.10.1')).revision).toBe('abc');
    await expect(checkVersion(instance, '3.9.0')).rejects.toMatchObject({
      name: 'VersionError',
      local: '3.9.0',
      remote: '3.10.1',
    });
  });
});

describe('rpc#C18 #C22: log events', () => {
  it('rpc#C18: events and levels of a whole run', async () => {
    const logger = new RecordingLogger();
    const peer = await serve(({ message, send, reply, fail }) => {
      if (message.method === 'fail') fail(7, 'broken', ['x']);
      else {
        send({ jsonrpc: '2.0', method: 'm', params: { id: message.id, operation: 'Half', amount: 0.5 } });
        reply('secret result');
      }
    });
    const instance = await connectTo(peer, { logger, maxAttempts: 3 });
    await instance.request('m', { password: 'secret' });
    await instance.request('fail').catch(() => undefined);
    void instance.request('never').catch(() => undefined);
    await instance.disconnect();
    const url = `ws://${peer.uri}/`;
    expect(logger.of('INFO')).toEqual([
      `Connecting to ${url}`,
      'Connected',
      'Request 1 sent: m',
      'Binary payload: 0 bytes',
      expect.stringMatching(/^Frame received: \d+ characters$/),
      'Progress of 1: Half 50 %',
      expect.stringMatching(/^Frame received: \d+ characters$/),
      'Reply to 1',
      'Request 2 sent: fail',
      'Binary payload: 0 bytes',
      expect.stringMatching(/^Frame received: \d+ characters$/),
      'Error 7 for 2: broken (["x"])',
      'Request 3 sent: never',
      'Binary payload: 0 bytes',
      'Disconnecting',
    ]);
    expect(logger.of('DEBUG')).toEqual(
      expect.arrayContaining([
        'Attempt 1 of 3',
        'Waiting for messages',
        'Request 1 registered',
        'Params of m: {"password":"secret"}',
        'Frame sent: {"jsonrpc":"2.0","id":1,"method":"m","params":{"password":"secret"}}',
        'Frame parsed: {"jsonrpc":"2.0","id":1,"result":"secret result"}',
        'Result: "secret result"; binary payload: 0 bytes',
        '1 waiting requests dropped',
      ]),
    );
    expect([...logger.of('WARN'), ...logger.of('ERROR')]).toEqual([]);
    const quiet = [...logger.of('INFO'), ...logger.of('ERROR')].join('\n');
    expect(quiet).not.toContain('secret');
  });

  it('rpc#C18: a failed connect says so, and that the attempts are used up', async () => {
    const logger = new RecordingLogger();
    const uri = `127.0.0.1:${await freePort()}`;
    await new Connector({ uri, logger, maxAttempts: 2, attemptPeriod: 1 }).connect().catch(() => undefined);
    expect(logger.of('INFO')).toEqual([
      `Connecting to ws://${uri}/`,
      'The maximum of 2 attempts is reached',
      expect.stringMatching(/^Connecting failed: connect ECONNREFUSED/),
    ]);
  });

  it('rpc#C18: DEBUG frames are cut, and texts of levels that are off are not built', async () => {
    const logger = new RecordingLogger();
    const peer = await serve(({ message, reply }) => reply(message.params));
    await using instance = await connectTo(peer, { logger, maxLoggedFrame: 50 });
    await instance.request('m', ['x'.repeat(5000)]);
    await instance.execute('m', ['y'], new Uint8Array(5000));
    expect(Math.max(...logger.lines.map((line) => line.length))).toBeLessThan(150);
    let built = 0;
    const off = Object.assign(new RecordingLogger(), { isLevelEnabled: () => false });
    await using silent = await connectTo(peer, { logger: off });
    await silent.request('m', {
      toJSON: () => {
        built += 1;
        return {};
      },
    });
    expect([built, off.lines]).toEqual([1, []]);
  });

  it('rpc#C22: the default logger writes nothing in a healthy run, WARN and above otherwise, to standard output', async () => {
    const written = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      const peer = await serve(({ ws, message, reply }) => {
        if (message.method === 'odd') ws.send('[');
        reply(null);
      });
      const instance = await connectTo(peer);
      await instance.request('m');
      expect(written).not.toHaveBeenCalled();
      await instance.request('odd');
      await instance.disconnect();
      expect(written.mock.calls).toEqual([['[Millrace][ERROR] Invalid message: not JSON']]);
    } finally {
      written.mockRestore();
    }
  });

  it('rpc#C22: levels of the default logger: INFO traces method and id, DEBUG the contents', () => {
    const written = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    try {
      for (const level of ['debug', 'log', 'warn', 'error', 'off'] as const) {
        const logger = consoleLogger({ name: 'Mill', level });
        for (const method of ['debug', 'log', 'warn', 'error'] as const) logger[method]?.(`${level} `);
      }
      expect(written.mock.calls.map(([line]) => line as string)).toEqual([
        ...['DEBUG', 'INFO', 'WARN', 'ERROR'].map((label) => `[Mill][${label}] debug `),
        ...['INFO', 'WARN', 'ERROR'].map((label) => `[Mill][${label}] log `),
        ...['WARN', 'ERROR'].map((label) => `[Mill][${label}] warn `),
        '[Mill][ERROR] error ',
      ]);
    } finally {
      written.mockRestore();
    }
  });

  it('rpc#C22: a logger that throws breaks no call', async () => {
    const fail = (): never => {
      throw new Error('disk full');
    };
    const peer = await serve(({ reply }) => reply('fine'));
    await using instance = await connectTo(peer, { logger: { log: fail, warn: fail, error: fail, debug: fail } });
    expect(await instance.request('m')).toBe('fine');
  });
});
