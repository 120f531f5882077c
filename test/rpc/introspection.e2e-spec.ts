import { HTTP_ADAPTERS, type RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { RpcSocket } from './support/rpc-socket.js';

describe.each(HTTP_ADAPTERS)('Introspection on %s', (adapter) => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    const version = { major: 3, minor: 10, patch: 1, revision: 'abc' };
    running = await startPlayground({ version, paths: ['/', '/rpc'] }, { adapter });
    socket = await RpcSocket.open(running.wsUrl);
  });
  afterAll(() => running.close());

  it('rpc#S22: registry lists each method once, in a stable order', async () => {
    const { result: first } = await socket.call('registry');
    const { result: second } = await socket.call('registry');
    expect(second).toEqual(first);
    expect(new Set(first as string[]).size).toBe((first as string[]).length);
    expect(first).toEqual(expect.arrayContaining(['registry', 'schema', 'get-version', 'cancel', 'subtract']));
    expect(first).not.toContain('rpc.discover');
  });

  it('rpc#S23: every registered method has a schema, titled by its name', async () => {
    const { result } = await socket.call('registry');
    for (const endpoint of result as string[]) {
      const { result: schema } = await socket.call('schema', { endpoint });
      expect(schema).toMatchObject({ title: endpoint, plugin: expect.any(String), description: expect.any(String) });
    }
  });

  it('rpc#S25: get-version answers exactly four members', async () => {
    const { result } = await socket.call('get-version');
    expect(result).toEqual({ major: 3, minor: 10, patch: 1, revision: 'abc' });
  });
});
