import { waitFor } from '../support/waiting.js';
import type { RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { Playground } from './support/playground.js';
import { RpcSocket } from './support/rpc-socket.js';

const v = { jsonrpc: '2.0' };
const FOREVER = { steps: 100_000 };

describe('Progress and cancellation', () => {
  let running: RunningApplication;
  let socket: RpcSocket;
  let other: RpcSocket;
  let playground: Playground;
  beforeAll(async () => {
    running = await startPlayground({ maxRunningCalls: 5, maxWaitingCalls: 5 });
    playground = running.app.get(Playground);
  });
  afterAll(() => running.close());
  beforeEach(async () => {
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
    other = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterEach(async () => {
    await other.expectSilence();
    await Promise.all([socket.close(), other.close()]);
  });

  /** Messages until an answer with this id; the answer comes last. */
  async function until(id: unknown): Promise<Record<string, unknown>[]> {
    const messages: Record<string, unknown>[] = [];
    for (;;) {
      const message = await socket.next();
      messages.push(message);
      if (message['id'] === id && message['method'] === undefined) return messages;
    }
  }

  it.each([0, '', 'a', 7])('rpc#S30: progress carries the id %j with its type and ends with the answer', async (id) => {
    socket.send({ ...v, id, method: 'slow', params: { steps: 4, pause: 2 } });
    const messages = await until(id);
    const answer = messages.pop();
    expect(answer).toEqual({ ...v, id, result: 'done' });
    expect(messages).toEqual(
      [0.25, 0.5, 0.75, 1].map((amount) => ({ ...v, method: 'slow', params: { id, operation: 'Working', amount } })),
    );
    await socket.expectSilence();
  });

  it('rpc#S30: a notification has no progress', async () => {
    const { aborted } = running.app.get(Playground);
    const before = aborted.length;
    socket.send({ ...v, method: 'slow', params: { steps: 2, pause: 1 } });
    await socket.expectSilence();
    expect(aborted).toHaveLength(before);
  });

  it('rpc#S31: cancel is answered with null, and the request ends with code 20 exactly once', async () => {
    socket.send({ ...v, id: 1, method: 'slow', params: FOREVER });
    await socket.next();
    socket.send({ ...v, id: 2, method: 'cancel', params: { id: 1 } });
    const messages = (await until(1)).filter(({ method }) => method === undefined);
    expect(messages).toEqual([
      { ...v, id: 2, result: null },
      { ...v, id: 1, error: { code: 20, message: 'The request was cancelled' } },
    ]);
    expect(running.app.get(Playground).aborted).toContain('RpcCancelledError');
    await socket.expectSilence();
  });

  it('rpc#S31: a handler that resolves after the cancellation still ends with code 20', async () => {
    socket.send({ ...v, id: 'x', method: 'stubborn' });
    expect(await socket.call('cancel', { id: 'x' }, 2)).toEqual({ ...v, id: 2, result: null });
    expect(await socket.call('cancel', { id: 'x' }, 3)).toMatchObject({ id: 3, error: { code: -32602 } });
    await playground.letGo(1);
    expect(await socket.next()).toMatchObject({ id: 'x', error: { code: 20 } });
    await socket.expectSilence();
  });

  it('rpc#S31: cancel as a notification works and is not answered', async () => {
    socket.send({ ...v, id: 5, method: 'stubborn' });
    socket.send({ ...v, method: 'cancel', params: { id: 5 } });
    await socket.expectSilence();
    await playground.letGo(1);
    expect(await socket.next()).toMatchObject({ id: 5, error: { code: 20 } });
  });

  it('rpc#S31: cancels an id beyond 2^53 by its digits', async () => {
    socket.send('{"jsonrpc":"2.0","id":9007199254740993,"method":"stubborn"}');
    socket.send('{"jsonrpc":"2.0","id":1,"method":"cancel","params":{"id":9007199254740992}}');
    expect(await socket.next()).toMatchObject({ id: 1, error: { code: -32602 } });
    socket.send('{"jsonrpc":"2.0","id":2,"method":"cancel","params":{"id":9007199254740993}}');
    expect(await socket.next()).toEqual({ ...v, id: 2, result: null });
    await playground.letGo(1);
    expect(await socket.client.nextText()).toContain('"id":9007199254740993,"error"');
  });

  it('rpc#S32: cancel of what is not there to cancel is -32602 and has no effect', async () => {
    await socket.call('nothing', undefined, 'finished');
    socket.send({ ...v, id: 1, method: 'patient' });
    other.send({ ...v, id: 2, method: 'stubborn' });
    await other.expectSilence();
    for (const id of ['unknown', 'finished', '1', 2, 1, null]) {
      expect(await socket.call('cancel', { id }, 'c')).toMatchObject({
        id: 'c',
        error: { code: -32602, data: [expect.any(String)] },
      });
    }
    expect(await socket.call('cancel', {}, 'c')).toMatchObject({ error: { code: -32602 } });
    await playground.letGo(2);
    expect(await socket.next()).toEqual({ ...v, id: 1, result: 'waited' });
    expect(await other.next()).toEqual({ ...v, id: 2, result: 'kept on' });
  });

  it('rpc#S33: cancelling one of two leaves the other alone', async () => {
    socket.send({ ...v, id: 1, method: 'stubborn' });
    socket.send({ ...v, id: 2, method: 'stubborn' });
    expect(await socket.call('cancel', { id: 1 }, 3)).toMatchObject({ result: null });
    await playground.letGo(2);
    const answers = [await socket.next(), await socket.next()];
    expect(answers).toContainEqual({ ...v, id: 2, result: 'kept on' });
    expect(answers).toContainEqual(expect.objectContaining({ id: 1, error: expect.objectContaining({ code: 20 }) }));
  });

  it('rpc#S34: requests are served while a slow one runs', async () => {
    socket.send({ ...v, id: 'slow', method: 'patient' });
    expect(await socket.call('get_data', undefined, 2)).toMatchObject({ id: 2 });
    expect(await other.call('get_data', undefined, 'slow')).toMatchObject({ result: ['hello', 5] });
    await playground.letGo(1);
    expect(await socket.next()).toMatchObject({ id: 'slow', result: 'waited' });
  });

  it('rpc#S35: a client that goes aborts its running requests, and the server serves on', async () => {
    const { aborted } = running.app.get(Playground);
    const before = aborted.length;
    const leaving = await RpcSocket.open(`${running.wsUrl}/rpc`);
    for (const id of [1, 2, 3]) leaving.send({ ...v, id, method: 'slow', params: FOREVER });
    await leaving.next();
    leaving.client.ws.terminate();
    await waitFor('three aborted calls', () => aborted.length === before + 3);
    expect(aborted.slice(before)).toEqual(Array(3).fill('RpcDisconnectedError'));
    await socket.expectSilence();
  });

  it('rpc§9.2: a request that still waits is cancelled without being run', async () => {
    for (let id = 1; id <= 5; id += 1) socket.send({ ...v, id, method: 'patient' });
    socket.send({ ...v, id: 6, method: 'slow', params: FOREVER });
    expect(await socket.call('cancel', { id: 6 }, 7)).toEqual({ ...v, id: 7, result: null });
    expect(await socket.next()).toMatchObject({ id: 6, error: { code: 20 } });
    await playground.letGo(5);
    for (let id = 1; id <= 5; id += 1) expect(await socket.next()).toMatchObject({ id, result: 'waited' });
  });

  it('refuses calls beyond the limits of running and waiting ones, and runs those that wait', async () => {
    for (let id = 1; id <= 10; id += 1) socket.send({ ...v, id, method: 'patient' });
    expect(await socket.call('patient', undefined, 11)).toMatchObject({ id: 11, error: { code: -32029 } });
    await playground.letGo(5);
    await playground.letGo(5);
    const ids = [];
    for (let count = 1; count <= 10; count += 1) ids.push((await socket.next())['id']);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

it('keeps the shortest time between two progress messages', async () => {
  const running = await startPlayground({ progressInterval: '10s' });
  const socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  socket.send({ ...v, id: 1, method: 'slow', params: { steps: 5, pause: 1 } });
  expect(await socket.next()).toMatchObject({ method: 'slow', params: { amount: 0.2 } });
  expect(await socket.next()).toMatchObject({ id: 1, result: 'done' });
  await running.close();
});
