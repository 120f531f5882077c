import { dataDirectory, login, type RunningReference, startReference } from '../support/reference.js';
import { waitFor } from '../support/waiting.js';
import { readBinaryFrame } from '../support/binary-frame.js';
import { expectAnswer, PUBLISHED_EXCHANGES } from '../rpc/support/published-exchanges.js';
import { postRpc } from '../rpc/support/rpc-http.js';
import { RpcSocket } from '../rpc/support/rpc-socket.js';

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

const data = dataDirectory();
afterAll(() => data.remove());

const LONG_RENDER = { width: 2048, height: 2048, iterations: 20_000 };

const DEVELOPMENT = { MILLRACE_DEMO: 'on', MILLRACE_STORE: 'memory' };

describe('Methods of the reference application', () => {
  let reference: RunningReference;
  let socket: RpcSocket;
  beforeAll(async () => {
    reference = await startReference(data.path, DEVELOPMENT);
    socket = await RpcSocket.open(reference.wsUrl);
  });
  afterAll(() => reference.stop());

  it.each(PUBLISHED_EXCHANGES)('rpc#S6: exchange $number on /, /rpc and by POST', async (exchange) => {
    const second = await RpcSocket.open(`${reference.wsUrl}/rpc`);
    for (const one of [socket, second]) {
      one.send(exchange.request);
      if (exchange.response !== undefined) expectAnswer(await one.next(), exchange);
      await one.expectSilence();
    }
    await second.close();
    expectAnswer((await postRpc(`${reference.url}/rpc`, exchange.request)).json, exchange);
  });

  it('answers /healthz', async () => {
    expect(await (await fetch(`${reference.url}/healthz`)).text()).toBe('Ok');
  });

  it('renders with progress and answers a PNG as binary payload', async () => {
    socket.send({ jsonrpc: '2.0', id: 'r', method: 'render', params: { width: 64, height: 32 } });
    let progress = 0;
    for (;;) {
      const { data, isBinary } = await socket.client.next();
      if (!isBinary) {
        progress += 1;
        continue;
      }
      const { message, payload } = readBinaryFrame(data);
      const color_buffer = { offset: 0, size: payload.length };
      expect(message).toEqual({
        jsonrpc: '2.0',
        id: 'r',
        result: { format: 'image/png', width: 64, height: 32, color_buffer },
      });
      expect(payload.subarray(0, 4).equals(PNG)).toBe(true);
      break;
    }
    expect(progress).toBe(8);
  });

  it('cancels a render', async () => {
    socket.send({ jsonrpc: '2.0', id: 'c', method: 'render', params: LONG_RENDER });
    await socket.next();
    socket.send({ jsonrpc: '2.0', id: 'cancel', method: 'cancel', params: { id: 'c' } });
    const answers: unknown[] = [];
    while (answers.length < 2) {
      const message = await socket.next();
      if (message['method'] === undefined) answers.push(message);
    }
    expect(answers).toEqual([
      { jsonrpc: '2.0', id: 'cancel', result: null },
      { jsonrpc: '2.0', id: 'c', error: { code: 20, message: 'The request was cancelled' } },
    ]);
  });

  it('tells what streams hold', async () => {
    const sensor = await waitFor('the first entry of the demonstration', async () => {
      const { result } = await socket.call('stream-statistics');
      return (result as { stream: string }[]).find(({ stream }) => stream === 'demo:sensor');
    });
    expect(sensor).toMatchObject({ length: expect.any(Number), added: expect.any(Number), lastId: expect.any(String) });
    expect(await socket.call('stream-statistics', { stream: 'none' })).toMatchObject({ error: { code: -32004 } });
  });

  it('counts calls in /metrics and tells of them in /health', async () => {
    const metrics = await (await fetch(`${reference.url}/metrics`)).text();
    expect(metrics).toMatch(/millrace_rpc_calls_total\{method="render",outcome="done"\} 1/);
    const health = (await (await fetch(`${reference.url}/health`)).json()) as { details: Record<string, unknown> };
    expect(health.details['rpc']).toMatchObject({ status: 'up' });
  });
});

it('asks for a token where the area is not public, and takes it in the address', async () => {
  const reference = await startReference(data.path, { ...DEVELOPMENT, MILLRACE_PUBLIC: 'connectivity' });
  await expect(RpcSocket.open(`${reference.wsUrl}/rpc`)).rejects.toThrow('401');
  const socket = await RpcSocket.open(`${reference.wsUrl}/rpc?token=${await login(reference.url)}`);
  expect(await socket.call('subtract', [42, 23], 1)).toMatchObject({ result: 19 });
  expect(await socket.call('get-version', undefined, 2)).toMatchObject({ result: { major: 0 } });
  await socket.close();
  await reference.stop();
});

it('has no playground, and asks for a token, in production', async () => {
  const environment = { NODE_ENV: 'production', MILLRACE_JWT_SECRET: 'x'.repeat(40), MILLRACE_STORE: 'memory' };
  const reference = await startReference(data.path, environment);
  const answer = await postRpc(`${reference.url}/rpc`, { jsonrpc: '2.0', id: 1, method: 'registry' });
  expect(answer.status).toBe(401);
  const { methods } = (await (await fetch(`${reference.url}/docs/openrpc.json`)).json()) as {
    methods: { name: string }[];
  };
  expect(methods.map(({ name }) => name)).not.toContain('crash');
  expect(methods.map(({ name }) => name)).toContain('render');
  await reference.stop();
});
