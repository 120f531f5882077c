import type { RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { RpcSocket } from './support/rpc-socket.js';

const v = { jsonrpc: '2.0' };

describe('Errors', () => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startPlayground();
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterAll(() => running.close());
  afterEach(() => socket.expectSilence());

  it('rpc#S24: schema of an unknown endpoint is -32601', async () => {
    expect(await socket.call('schema', { endpoint: 'foobar' }, 1)).toMatchObject({ error: { code: -32601 } });
    expect(await socket.call('schema', { endpoint: '' }, 1)).toMatchObject({ error: { code: -32601 } });
  });

  it.each([
    undefined,
    null,
    {},
    { endpoint: null },
    { endpoint: 5 },
    { endpoint: ['schema'] },
    [],
    { endpoint: 'schema', more: 1 },
  ])('rpc#S24: schema with the params %j is -32602 with a list of strings', async (params) => {
    const { error } = await socket.call('schema', params, 1);
    expect(error).toMatchObject({ code: -32602, data: expect.arrayContaining([expect.any(String)]) });
  });

  it('rpc#S26: names every violation by its path, before the handler runs', async () => {
    const params = { camera: { position: [1, 'x', 3], zoom: 50 }, mode: 'slow', more: 1 };
    const { error } = await socket.call('move', params, 1);
    expect((error as { code: number }).code).toBe(-32602);
    const data = (error as { data: string[] }).data.join('\n');
    for (const part of ['name: ', 'camera.position[1]: ', 'camera.zoom: ', 'mode: ', 'more'])
      expect(data).toContain(part);
  });

  it('rpc#S26: fills in defaults', async () => {
    const { result } = await socket.call('move', { name: 'a', camera: { position: [1, 2, 3] } }, 1);
    expect(result).toEqual({ name: 'a', camera: { position: [1, 2, 3] }, mode: 'fast' });
  });

  it('rpc#S26: too many by-position params are a violation', async () => {
    expect(await socket.call('subtract', [1, 2, 3], 1)).toMatchObject({
      error: { code: -32602, data: [expect.any(String)] },
    });
    expect(await socket.call('subtract', [1], 1)).toMatchObject({ error: { code: -32602 } });
  });

  it('rpc#S27: a thrown RPC error keeps code, message and data; without a code it has 0', async () => {
    expect(await socket.call('app-error', undefined, 1)).toEqual({
      ...v,
      id: 1,
      error: { code: 1234, message: 'An error of the application', data: { reason: 'asked for' } },
    });
    expect(await socket.call('plain-error', undefined, 1)).toEqual({
      ...v,
      id: 1,
      error: { code: 0, message: 'No code' },
    });
  });

  it.each(['crash', 'reject', 'throw-text'])('rpc#S28: %s gives -32603, and no internals leak', async (method) => {
    expect(await socket.call(method, undefined, 1)).toEqual({
      ...v,
      id: 1,
      error: { code: -32603, message: 'Internal error' },
    });
  });

  it.each(['cycle', 'bigint', 'toJSON', 'thenThrows'])('rpc#S29: a result with %s gives -32603', async (kind) => {
    expect(await socket.call('odd', { kind }, 1)).toMatchObject({ id: 1, error: { code: -32603 } });
  });

  it('rpc#S29: a handler that rejects after its call was answered harms nobody', async () => {
    expect(await socket.call('hasty', undefined, 1)).toMatchObject({ id: 1, error: { code: -32054 } });
    // The handler rejects 40 ms later.
    expect(await socket.call('wait', { milliseconds: 80 }, 2)).toMatchObject({ id: 2, result: 'waited' });
  });
});
