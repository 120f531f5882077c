import { createServer } from 'node:http';
import { Connector, type Instance } from '@millrace/client';
import jayson from 'jayson';
import { JSONRPCErrorException, JSONRPCServer } from 'json-rpc-2.0';
import { WebSocketServer } from 'ws';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/waiting.js';

/** A server of another maker, offering the methods of the specification's examples. */
interface OtherServer {
  readonly uri: string;
  /** Params of the notifications it got. */
  readonly notified: unknown[];
  close(): Promise<void>;
}

interface Operands {
  minuend: number;
  subtrahend: number;
}

const subtract = (params: number[] | Operands): number =>
  Array.isArray(params) ? (params[0] ?? 0) - (params[1] ?? 0) : params.minuend - params.subtrahend;
const sum = (params: number[]): number => params.reduce((total, value) => total + value, 0);

async function listening(attach: (wss: WebSocketServer) => void): Promise<Omit<OtherServer, 'notified'>> {
  const server = createServer();
  const wss = new WebSocketServer({ server });
  attach(wss);
  // Once it is closed nobody is given it who asks for any port.
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    uri: `127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of wss.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}

async function jsonRpc2Server(): Promise<OtherServer> {
  const notified: unknown[] = [];
  const server = new JSONRPCServer({ errorListener: () => undefined });
  server.addMethod('subtract', subtract);
  server.addMethod('sum', sum);
  server.addMethod('get_data', () => ['hello', 5]);
  server.addMethod('update', (params) => void notified.push(params));
  server.addMethod('fail', () => {
    throw new JSONRPCErrorException('No such bowl', 1234, { bowl: 7 });
  });
  const running = await listening((wss) =>
    wss.on('connection', (ws) =>
      ws.on('message', (data: Buffer) => {
        void server.receiveJSON(data.toString()).then((reply) => reply && ws.send(JSON.stringify(reply)));
      }),
    ),
  );
  return { ...running, notified };
}

async function jaysonServer(): Promise<OtherServer> {
  const notified: unknown[] = [];
  type Done = (error: unknown, result?: unknown) => void;
  const server = new jayson.Server({
    subtract: (params: never, done: Done) => done(null, subtract(params)),
    sum: (params: never, done: Done) => done(null, sum(params)),
    get_data: (_params: unknown, done: Done) => done(null, ['hello', 5]),
    update: (params: unknown, done: Done) => {
      notified.push(params);
      done(null);
    },
    fail: (_params: unknown, done: Done) => done({ code: 1234, message: 'No such bowl', data: { bowl: 7 } }),
  });
  const running = await listening((wss) => void server.websocket({ wss: wss as never }));
  return { ...running, notified };
}

interface Methods {
  subtract(params: [minuend: number, subtrahend: number] | Operands): number;
  sum(params: number[]): number;
  get_data(): [string, number];
  update(params: number[]): void;
  fail(): never;
  foobar(): unknown;
}

describe.each([
  ['json-rpc-2.0', jsonRpc2Server],
  ['jayson', jaysonServer],
])('rpc#C20: against a server of %s', (_maker, start) => {
  let server: OtherServer;
  let instance: Instance<Methods>;
  beforeAll(async () => {
    server = await start();
    instance = await new Connector<Methods>({ uri: server.uri, requestTimeout: '60s' }).connect();
  });
  afterAll(async () => {
    await instance.disconnect();
    await server.close();
  });

  it('rpc#C20 #C6: requests by position and by name answer their results', async () => {
    expect(await instance.request('subtract', [42, 23])).toBe(19);
    expect(await instance.request('subtract', { subtrahend: 23, minuend: 42 })).toBe(19);
    expect(await instance.request('get_data')).toEqual(['hello', 5]);
  });

  it('rpc#C20 #C6: errors keep code, message and data', async () => {
    await expect(instance.request('foobar')).rejects.toMatchObject({ name: 'JsonRpcError', code: -32601 });
    await expect(instance.request('fail')).rejects.toMatchObject({
      code: 1234,
      message: 'No such bowl',
      data: { bowl: 7 },
    });
  });

  it('rpc#C20 #C10: notifications arrive and are not answered', async () => {
    const before = server.notified.length;
    await instance.notify('update', [1, 2, 3]);
    await waitFor('the notification', () => server.notified.length > before);
    expect(server.notified.at(-1)).toEqual([1, 2, 3]);
  });

  it('rpc#C20 #C11: 1000 pipelined requests, and 200 one after the other', async () => {
    const results = await Promise.all(Array.from({ length: 1000 }, (_, n) => instance.request('sum', [n, 1])));
    expect(results).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
    for (let n = 0; n < 200; n += 1) expect(await instance.request('subtract', [n, 1])).toBe(n - 1);
  });

  it('rpc#C20: tasks, ids of text, and batches', async () => {
    const task = instance.task('sum', [1, 2, 4]);
    for await (const _progress of task) throw new Error('These servers send no progress');
    expect(await task.result()).toBe(7);
    expect(await instance.execute('sum', [1], undefined, { id: 'ü-1' })).toMatchObject({ id: 'ü-1', result: 1 });
    const [total, , missing, data] = await instance.batch([
      { method: 'sum', params: [1, 2, 4] },
      { method: 'update', params: [7], notify: true },
      { method: 'foobar' },
      { method: 'get_data' },
    ]);
    expect([total, missing, data]).toMatchObject([
      { status: 'fulfilled', value: 7 },
      { status: 'rejected', reason: { code: -32601 } },
      { status: 'fulfilled', value: ['hello', 5] },
    ]);
  });

  it('rpc#C20 #C16: a cancel the server does not know disturbs nothing', async () => {
    const abort = new AbortController();
    const outcome = expect(instance.task('get_data', null, undefined, { signal: abort.signal })).rejects.toThrow(
      'changed my mind',
    );
    // The request is sent already, so the server gets it and then a `cancel`.
    abort.abort(new Error('changed my mind'));
    await outcome;
    expect(await instance.request('sum', [2, 2])).toBe(4);
    expect(instance.connected).toBe(true);
  });

  it('rpc#C20 #C14: a server that goes rejects what waits', async () => {
    const other = await start();
    const late = await new Connector({ uri: other.uri }).connect();
    await other.close();
    await late.closed;
    await expect(late.request('sum', [1])).rejects.toMatchObject({ name: 'ConnectionClosedError' });
    // The address is known now to be empty.
    await expect(new Connector({ uri: other.uri }).connect()).rejects.toMatchObject({
      name: 'ConnectionRefusedError',
    });
  });
});
