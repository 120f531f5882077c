import { describeRpcError } from '../describe-rpc-error.js';
import { RPC_OPTIONS, type RpcModuleOptions } from '../rpc.options.js';
import type { RpcMethodDefinition } from './method-table.js';
import { RpcEngine } from './rpc-engine.js';
import type { RpcSession } from './rpc-engine.interface.js';

const METHOD: Omit<RpcMethodDefinition, 'name' | 'invoke'> = {
  plugin: 'Test',
  summary: undefined,
  description: '',
  async: true,
  deprecated: false,
  tags: [],
  errors: [],
  params: {},
  returns: {},
  positional: undefined,
  timeout: 0,
  hidden: false,
  priority: false,
  scopes: [],
};

/** An engine without transport, and a session whose messages are kept. */
function start(
  methods: Record<string, RpcMethodDefinition['invoke']>,
  settings: RpcModuleOptions = {},
): { session: RpcSession; sent: string[]; engine: RpcEngine; receive: (message: unknown) => boolean } {
  const engine = new RpcEngine(RPC_OPTIONS.read(settings), (error) => describeRpcError(error));
  for (const [name, invoke] of Object.entries(methods)) engine.methods.add({ ...METHOD, name, invoke });
  const sent: string[] = [];
  const session = engine.open({
    transport: 'test',
    principal: undefined,
    congested: false,
    push: (text) => void sent.push(text),
  });
  const receive = (message: unknown): boolean =>
    session.receiveText(JSON.stringify(message), { reply: (text) => void sent.push(text) });
  return { session, sent, engine, receive };
}

const v = { jsonrpc: '2.0' };

describe('RpcEngine', () => {
  it('answers a synchronous method in the same turn', () => {
    const { receive, sent } = start({ echo: (params) => params });
    expect(receive({ ...v, id: 1, method: 'echo', params: [1] })).toBe(true);
    expect(receive({ ...v, method: 'echo' })).toBe(false);
    expect(sent).toEqual(['{"jsonrpc":"2.0","id":1,"result":[1]}']);
  });

  it('drops progress while output piles up, and never lets it fall', () => {
    let congested = false;
    const { engine, sent } = start({
      work: (_params, call) => {
        call.progress('a', 0.5);
        call.progress('b', 0.2);
        congested = true;
        call.progress('c', 0.9);
        congested = false;
        call.progress('d', Number.NaN);
        call.progress('e', 7);
      },
    });
    const peer = {
      transport: 'test',
      principal: undefined,
      get congested() {
        return congested;
      },
      push: (text: string) => void sent.push(text),
    };
    const text = JSON.stringify({ ...v, id: 1, method: 'work' });
    engine.open(peer).receiveText(text, { reply: () => undefined });
    const amounts = sent.map((one) => (JSON.parse(one) as { params: { amount: number } }).params.amount);
    expect(amounts).toEqual([0.5, 0.5, 0.9, 1]);
  });

  it('sends no progress after the answer', async () => {
    let late = (): void => undefined;
    const { receive, sent } = start({ work: (_params, call) => void (late = () => call.progress('late', 1)) });
    receive({ ...v, id: 1, method: 'work' });
    late();
    expect(sent).toHaveLength(1);
  });

  it('keeps the result of a handler that finished before the abort', async () => {
    let finish = (_value: string): void => undefined;
    const { receive, session, sent } = start({ work: () => new Promise((resolve) => (finish = resolve)) });
    receive({ ...v, id: 1, method: 'work' });
    finish('done');
    await new Promise(setImmediate);
    expect(() => session.cancel(1)).toThrow('Invalid params');
    expect(sent).toEqual(['{"jsonrpc":"2.0","id":1,"result":"done"}']);
  });

  it('forgets a session that is closed, and sends it nothing', async () => {
    let finish = (_value: string): void => undefined;
    let reason: unknown;
    const { receive, session, sent, engine } = start({
      work: (_params, call) => {
        call.signal.addEventListener('abort', () => (reason = call.signal.reason));
        return new Promise((resolve) => (finish = resolve));
      },
    });
    receive({ ...v, id: 1, method: 'work' });
    session.close();
    finish('too late');
    await new Promise(setImmediate);
    expect(sent).toEqual([]);
    expect(reason).toMatchObject({ name: 'RpcDisconnectedError' });
    expect(engine.sessions.size).toBe(0);
  });

  it('gives a signal that is aborted already to those who ask late', async () => {
    let signal: AbortSignal | undefined;
    const { receive, session } = start({
      work: async (_params, call) => {
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        ({ signal } = call);
      },
    });
    receive({ ...v, id: 1, method: 'work' });
    session.cancel(1);
    await session.drain(new AbortController().signal);
    expect(signal?.aborted).toBe(true);
    expect(signal?.reason).toMatchObject({ code: 20 });
  });
});
