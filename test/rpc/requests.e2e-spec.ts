import type { RunningApplication } from '../support/applications.js';
import { startPlayground } from './support/applications.js';
import { Playground } from './support/playground.js';
import { RpcSocket } from './support/rpc-socket.js';

const v = { jsonrpc: '2.0' };

describe('Requests', () => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startPlayground({ maxBatch: 50 });
  });
  afterAll(() => running.close());
  beforeEach(async () => {
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterEach(async () => {
    await socket.expectSilence();
    await socket.close();
  });

  it('rpc#S7: exactly one reply per request, none per notification, also for unknown methods', async () => {
    socket.send({ ...v, method: 'foobar' });
    socket.send({ ...v, method: 'crash' });
    socket.send({ ...v, method: 'sum', params: { no: 'array' } });
    socket.send({ ...v, method: 'slow', params: { steps: 1 } });
    expect(await socket.call('foobar', undefined, 1)).toMatchObject({ id: 1, error: { code: -32601 } });
    const { notes } = running.app.get(Playground);
    const before = notes.length;
    socket.send({ ...v, method: 'nothing' });
    await socket.expectSilence();
    expect(notes).toHaveLength(before + 1);
  });

  it('rpc#S8: result is present, null for void methods', async () => {
    expect(await socket.call('nothing', undefined, 3)).toEqual({ ...v, id: 3, result: null });
    for (const kind of ['undefined', 'function', 'symbol', 'infinity']) {
      expect(await socket.call('odd', { kind }, kind)).toEqual({ ...v, id: kind, result: null });
    }
  });

  it('rpc#S9: never error together with result, and no surplus members', async () => {
    for (const method of ['nothing', 'get_data', 'crash', 'app-error', 'plain-error', 'foobar']) {
      const reply = await socket.call(method, undefined, 1);
      const error = reply['error'] as Record<string, unknown> | undefined;
      expect(Object.keys(reply).sort()).toEqual(error ? ['error', 'id', 'jsonrpc'] : ['id', 'jsonrpc', 'result']);
      if (error) expect(['code', 'data', 'message']).toEqual(expect.arrayContaining(Object.keys(error)));
    }
  });

  it.each([
    0,
    '',
    -5,
    Number.MAX_SAFE_INTEGER,
    -Number.MAX_SAFE_INTEGER,
    1.5,
    '5',
    'naïve – 中文 😀 \u0000',
    'x'.repeat(500),
  ])('rpc#S10: echoes the id %j with its type', async (id) => {
    const reply = await socket.call('sum', [1], id);
    expect(reply).toEqual({ ...v, id, result: 1 });
    expect((await socket.call('foobar', [1], id))['id']).toBe(id);
  });

  it.each(['9007199254740993', '-9007199254740993', '12345678901234567890123456789012345678901234567890', '1e30'])(
    'rpc#S11: echoes the id %s exactly',
    async (id) => {
      socket.send(`{"params":{"id":{"id":1},"text":"\\"id\\":5"},"id": ${id} ,"method":"echo","jsonrpc":"2.0"}`);
      const text = await socket.client.nextText();
      expect(text).toContain(`"id":${id.replace('e', 'e+')},`);
      socket.send(`[1, {"jsonrpc":"2.0","method":"get_data","id":${id}}]`);
      expect(await socket.client.nextText()).toContain(`"id":${id.replace('e', 'e+')},"result":["hello",5]`);
    },
  );

  it.each(['1e400', '0.12345678901234567890', '1'.repeat(600)])(
    'rpc#S11: refuses the id %s, which cannot be kept',
    async (id) => {
      socket.send(`{"jsonrpc":"2.0","method":"get_data","id":${id}}`);
      expect(await socket.next()).toMatchObject({ id: null, error: { code: -32600 } });
    },
  );

  it('rpc#S12: a request with the id null is not answered', async () => {
    socket.send({ ...v, id: null, method: 'get_data' });
    socket.send({ ...v, id: null, method: 'crash' });
    socket.send([{ ...v, id: null, method: 'get_data' }]);
    await socket.expectSilence();
  });

  it.each([
    [{ id: 1, method: 'get_data' }, 1],
    [{ jsonrpc: '1.0', id: 1, method: 'get_data' }, 1],
    [{ jsonrpc: 2, id: 1, method: 'get_data' }, 1],
    [{ ...v, id: 'a' }, 'a'],
    [{ ...v, id: 0, method: '' }, 0],
    [{ ...v, id: 0, method: 5 }, 0],
    [{ ...v, id: 0, method: null }, 0],
    [{ ...v, id: true, method: 'get_data' }, null],
    [{ ...v, id: [1], method: 'get_data' }, null],
    [{ ...v, id: {}, method: 'get_data' }, null],
    [{ ...v, method: 7 }, null],
  ])('rpc#S13: %j is an invalid request', async (message, id) => {
    expect(await socket.exchange(message)).toMatchObject({ ...v, id, error: { code: -32600 } });
  });

  it('rpc#S13: an invalid request gets one string for each violation', async () => {
    const { error } = await socket.exchange({ method: 5, id: true, params: 'x' });
    expect((error as { data: string[] }).data).toHaveLength(4);
  });

  it.each(['null', '0', '5', '""', '"text"', 'true', 'false', '-1.5e3'])(
    'rpc#S14: the scalar %s is an invalid request, not a parse error',
    async (text) => {
      expect(await socket.exchange(text)).toMatchObject({ id: null, error: { code: -32600 } });
    },
  );

  it.each([
    '',
    ' ',
    '{',
    '}',
    '{"jsonrpc":"2.0",}',
    'NaN',
    '{"a":NaN}',
    "{'a':1}",
    '{"a":1}}',
    '\ufeff{}',
    '[1,]',
    'undefined',
  ])('rpc#S14: the text %j is a parse error', async (text) => {
    expect(await socket.exchange(text)).toEqual({ ...v, id: null, error: { code: -32700, message: 'Parse error' } });
  });

  it.each([1, 'x', true, 0, '', false])('rpc#S15: scalar params %j are refused', async (params) => {
    expect(await socket.call('echo', params, 4)).toMatchObject({ id: 4, error: { code: -32600 } });
  });

  it('rpc#S16: a batch of one entry is answered by an array', async () => {
    expect(await socket.exchange([{ ...v, id: 1, method: 'get_data' }])).toEqual([
      { ...v, id: 1, result: ['hello', 5] },
    ]);
  });

  it('rpc#S16: nested arrays and null entries are single invalid requests', async () => {
    const replies = await socket.exchange([
      null,
      [],
      [{ ...v, id: 2, method: 'get_data' }],
      'x',
      { ...v, id: 1, method: 'nothing' },
    ]);
    expect(replies).toHaveLength(5);
    expect(replies.filter(({ id, error }) => id === null && (error as { code: number }).code === -32600)).toHaveLength(
      4,
    );
    expect(replies).toContainEqual({ ...v, id: 1, result: null });
  });

  it('rpc#S16: the same id twice gives two replies', async () => {
    const request = { ...v, id: 1, method: 'slow', params: { steps: 1 } };
    expect(
      await socket.exchange([
        { ...request, method: 'sum', params: [1] },
        { ...request, method: 'sum', params: [2] },
      ]),
    ).toEqual([
      { ...v, id: 1, result: 1 },
      { ...v, id: 1, result: 2 },
    ]);
  });

  it('rpc#S16: a batch waits for its slowest entry, its progress does not', async () => {
    socket.send([
      { ...v, id: 1, method: 'slow', params: { steps: 2 } },
      { ...v, id: 2, method: 'nothing' },
    ]);
    expect(await socket.next()).toMatchObject({ method: 'slow', params: { id: 1 } });
    expect(await socket.next()).toMatchObject({ method: 'slow', params: { id: 1 } });
    expect((await socket.next()).map(({ id }) => id).sort()).toEqual([1, 2]);
  });

  it('rpc#S17: a batch above the limit is refused as one', async () => {
    const entry = { ...v, id: 1, method: 'nothing' };
    expect(await socket.exchange(Array(51).fill(entry))).toMatchObject({ id: null, error: { code: -32600 } });
    expect(await socket.exchange(Array(50).fill(entry))).toHaveLength(50);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'Registry', 'rpc.', 'registry '])(
    'rpc#S18: the method %s is not found, also as endpoint',
    async (method) => {
      expect(await socket.call(method, undefined, 1)).toMatchObject({ id: 1, error: { code: -32601 } });
      expect(await socket.call('schema', { endpoint: method }, 2)).toMatchObject({ id: 2, error: { code: -32601 } });
    },
  );

  it('rpc#S18: a request made of a prototype is an invalid one', async () => {
    socket.send('{"__proto__":{"jsonrpc":"2.0","id":1,"method":"get_data"}}');
    expect(await socket.next()).toMatchObject({ id: null, error: { code: -32600 } });
  });

  it('rpc#S19: a method name of 100 000 characters', async () => {
    expect(await socket.call('m'.repeat(100_000), undefined, 1)).toMatchObject({ id: 1, error: { code: -32601 } });
  });

  it('rpc#S19: nesting of 2000, and more than the limit', async () => {
    const nested = (depth: number) =>
      `{"jsonrpc":"2.0","id":1,"method":"echo","params":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    socket.send(nested(2000));
    expect(await socket.client.nextText()).toContain(`"result":${'['.repeat(2000)}`);
    socket.send(nested(100_000));
    expect(await socket.next()).toMatchObject({ id: 1, error: { code: -32600 } });
  });

  it('rpc#S19: a request of 1 MB and one of 20 000 params', async () => {
    const text = 'x'.repeat(1_048_576);
    expect((await socket.call('echo', { text }, 1))['result']).toEqual({ text });
    expect((await socket.call('sum', Array(20_000).fill(1), 1))['result']).toBe(20_000);
  });

  it('ignores unknown members, and takes the last of duplicate ones', async () => {
    socket.send('{"jsonrpc":"2.0","extra":1,"id":1,"id":12345678901234567890,"method":"nothing"}');
    expect(await socket.client.nextText()).toBe('{"jsonrpc":"2.0","id":12345678901234567890,"result":null}');
  });

  it('refuses params for a method that takes none, {} and [] as well; null counts as none', async () => {
    for (const params of [{}, [], [1]]) {
      expect(await socket.call('nothing', params, 1)).toMatchObject({ error: { code: -32602 } });
    }
    expect(await socket.call('nothing', null, 1)).toMatchObject({ result: null });
  });
});

describe('Switchable behaviour', () => {
  let running: RunningApplication;
  let socket: RpcSocket;
  beforeAll(async () => {
    running = await startPlayground({
      answerNullIds: true,
      lenientParams: true,
      maxTextLength: 1000,
      exposeErrors: true,
    });
    socket = await RpcSocket.open(`${running.wsUrl}/rpc`);
  });
  afterAll(() => running.close());

  it('answers the id null when told to', async () => {
    expect(await socket.call('get_data', undefined, null)).toEqual({ ...v, id: null, result: ['hello', 5] });
  });

  it('takes {} and [] for a method without params when told to', async () => {
    expect(await socket.call('nothing', {}, 1)).toMatchObject({ result: null });
    expect(await socket.call('nothing', [], 1)).toMatchObject({ result: null });
    expect(await socket.call('nothing', [1], 1)).toMatchObject({ error: { code: -32602 } });
  });

  it('refuses a text above the limit', async () => {
    expect(await socket.call('echo', ['x'.repeat(1000)], 1)).toMatchObject({ id: null, error: { code: -32600 } });
  });

  it('tells the text of an exception when told to', async () => {
    expect(await socket.call('crash', undefined, 1)).toMatchObject({
      error: { code: -32603, message: 'secret details' },
    });
  });
});
