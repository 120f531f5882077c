import { RPC_OPTIONS } from '../rpc.options.js';
import type { RpcSession } from './rpc-engine.interface.js';
import { RpcEngine } from './rpc-engine.js';
import { RpcError } from '../api/rpc.error.js';

const ANY = { plugin: 'Test', summary: undefined, description: '', deprecated: false, tags: [], errors: [] } as const;

interface TestClient {
  readonly session: RpcSession;
  readonly answers: { id?: unknown; error?: { code: number } }[];
  readonly peer: { congested: boolean };
  call(id: number): void;
  takes(): void;
}

describe('A method with a limited number of places', () => {
  let engine: RpcEngine;
  /** Ends of the calls that run, in the order of their beginnings. */
  let running: { client: string; end: () => void }[];
  beforeEach(() => {
    running = [];
    engine = new RpcEngine(RPC_OPTIONS.read({}), (error) => (error instanceof RpcError ? error : new RpcError('x')));
    engine.methods.add({
      ...ANY,
      name: 'draw',
      async: true,
      params: {},
      returns: {},
      positional: undefined,
      timeout: 0,
      hidden: false,
      priority: false,
      scopes: [],
      maxRunning: 4,
      maxWaiting: 10,
      invoke: (_params, call) =>
        new Promise((resolve) =>
          running.push({ client: String(call.principal?.subject), end: () => resolve(undefined) }),
        ),
    });
  });
  const connect = (name: string): TestClient => {
    let taken: () => void = () => undefined;
    const answers: TestClient['answers'] = [];
    const peer = {
      transport: 'test',
      principal: { subject: name, scopes: [] } as never,
      congested: false,
      room: () => new Promise<void>((resolve) => (taken = resolve)),
    };
    const session = engine.open(peer);
    const sink = { reply: (text: string) => void answers.push(JSON.parse(text) as object) };
    return {
      session,
      answers,
      peer,
      call: (id) => void session.receiveText(`{"jsonrpc":"2.0","id":${id},"method":"draw"}`, sink),
      takes: () => {
        peer.congested = false;
        taken();
      },
    };
  };
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const began = (): string => running.map(({ client }) => client).join('');

  it('gives one client at most half of the places, and free ones to the clients in turn', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map(connect) as [TestClient, TestClient, TestClient];
    for (let id = 0; id < 4; id += 1) a.call(id);
    expect(began()).toBe('aa');
    b.call(1);
    b.call(2);
    b.call(3);
    c.call(1);
    expect(began()).toBe('aabb');
    for (let ended = 0; ended < 4; ended += 1) {
      running[ended]?.end();
      await turn();
    }
    expect(began()).toBe('aabbacba');
  });

  it('refuses calls beyond those that may wait, of the client with the most', async () => {
    const [a, b] = [connect('a'), connect('b')];
    for (let id = 0; id < 14; id += 1) a.call(id);
    expect(a.answers.map(({ id, error }) => [id, error?.code])).toEqual([
      [12, -32029],
      [13, -32029],
    ]);
    for (let id = 0; id < 5; id += 1) b.call(id);
    expect(began()).toBe('aabb');
    expect(b.answers).toEqual([]);
    expect(a.answers.slice(2).map(({ id }) => id)).toEqual([11, 10, 9]);
    for (let ended = 0; ended < running.length; ended += 1) {
      running[ended]?.end();
      await turn();
    }
    expect(began()).toHaveLength(14);
  });

  it('forgets the calls of a client that goes, and those that are cancelled', async () => {
    const [a, b] = [connect('a'), connect('b')];
    for (let id = 0; id < 12; id += 1) a.call(id);
    a.session.cancel(5);
    await turn();
    expect(a.answers).toMatchObject([{ id: 5, error: { code: 20 } }]);
    a.session.close();
    for (let id = 0; id < 12; id += 1) b.call(id);
    expect(began()).toBe('aabb');
    expect(b.answers).toEqual([]);
    running[0]?.end();
    running[1]?.end();
    await turn();
    expect(began()).toBe('aabb');
    running[2]?.end();
    await turn();
    expect(began()).toBe('aabbb');
  });

  it('starts no call of a client that does not take its answers, until it does', async () => {
    const [a, b] = [connect('a'), connect('b')];
    a.peer.congested = true;
    a.call(1);
    b.call(1);
    expect(began()).toBe('b');
    a.takes();
    await turn();
    expect(began()).toBe('ba');
  });

  it('answers calls that wait at a shutdown', async () => {
    const a = connect('a');
    for (let id = 0; id < 4; id += 1) a.call(id);
    const drained = a.session.drain(new AbortController().signal);
    expect(a.answers.map(({ id, error }) => [id, error?.code])).toEqual([
      [2, -32053],
      [3, -32053],
    ]);
    for (const { end } of running) end();
    await drained;
  });
});
