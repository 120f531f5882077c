import { Connector, type RpcConnectorOptions, type Instance, JsonRpcError } from '@millrace/client';
import { holdTimers, turnsUntil } from '../support/held-timers.js';
import { waitFor } from '../support/waiting.js';
import { binaryFrame } from '../support/binary-frame.js';
import { startPeer, type Peer, type PeerMessage } from './peers.js';
import { RecordingLogger } from './recording-logger.js';

let peer: Peer;
let instance: Instance;
let logger: RecordingLogger;
/** What the server got. */
let received: PeerMessage[];

/** Starts a server that does what the test says, and connects to it. */
async function open(
  onMessage: (message: PeerMessage) => void = () => undefined,
  options: Partial<RpcConnectorOptions> = {},
): Promise<void> {
  received = [];
  logger = new RecordingLogger();
  peer = await startPeer((message) => {
    received.push(message);
    onMessage(message);
  });
  instance = await new Connector({ uri: peer.uri, logger, ...options }).connect();
}
afterEach(async () => {
  jest.useRealTimers();
  await instance.disconnect();
  await peer.close();
});

describe('rpc#C6 #C7 #C10 #C11 #C12 #C17: calls', () => {
  it('rpc#C6: request returns the result, falsy ones and null included', async () => {
    await open(({ message, reply }) => reply(message.params[0]));
    for (const value of [19, 0, '', false, null, [], { a: 1 }])
      expect(await instance.request('echo', [value])).toEqual(value);
  });

  it('rpc#C6: params are left out when there are none', async () => {
    await open(({ reply }) => reply(null));
    await instance.request('nothing');
    await instance.request('nothing', null);
    expect(received.map(({ message }) => message)).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'nothing' },
      { jsonrpc: '2.0', id: 2, method: 'nothing' },
    ]);
  });

  it('rpc#C6: an error reply raises JsonRpcError with id, code, message and data', async () => {
    await open(({ fail }) => fail(1234, 'No such bowl', { bowl: 7 }));
    const error = await instance.request('fill').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(JsonRpcError);
    expect(error).toMatchObject({ id: 1, code: 1234, message: 'No such bowl', data: { bowl: 7 } });
  });

  it('rpc#C7: execute and task carry binary both ways, from 1 byte to 1 MB', async () => {
    await open(({ ws, message, payload }) =>
      ws.send(binaryFrame({ jsonrpc: '2.0', id: message.id, result: { size: payload.length } }, payload)),
    );
    for (const size of [1, 3, 4096, 1_000_000]) {
      const payload = Buffer.alloc(size, 7);
      const reply = await instance.execute<{ size: number }>('echo-binary', { n: 'ü' }, payload);
      expect(reply.result).toEqual({ size });
      expect(payload.equals(reply.binary)).toBe(true);
      const { result, binary } = await instance.task('echo-binary', null, new Uint8Array(payload).buffer);
      expect(result).toEqual({ size });
      expect(binary.length).toBe(size);
    }
    expect(received.every(({ isBinary }) => isBinary)).toBe(true);
    expect(received[0]?.raw.readUInt32LE(0)).toBe(Buffer.byteLength(JSON.stringify(received[0]?.message)));
  });

  it('rpc#C7: an empty payload goes as text; a text reply to a binary request has an empty payload', async () => {
    await open(({ reply }) => reply('ok'));
    await instance.execute('m', null, new Uint8Array(0));
    expect(received[0]?.isBinary).toBe(false);
    const { result, binary } = await instance.execute('m', null, new Uint8Array(1));
    expect([result, binary.length]).toEqual(['ok', 0]);
  });

  it('rpc#C10: a notification resolves at once and waits for nothing', async () => {
    await open();
    await instance.notify('update', [1, 2, 3]);
    await waitFor('the notification', () => received.length === 1);
    expect(received[0]?.message).toEqual({ jsonrpc: '2.0', method: 'update', params: [1, 2, 3] });
    await instance.notify('upload', { name: 'x' }, new Uint8Array([1]));
    await waitFor('the second', () => received.length === 2);
    expect(received[1]?.isBinary).toBe(true);
  });

  it('rpc#C11: 1000 pipelined requests all resolve, nobody polling', async () => {
    const held: PeerMessage[] = [];
    await open((message) => {
      held.push(message);
      if (held.length === 1000) for (const { reply, message: one } of held) reply(one.params[0] * 2);
    });
    const results = await Promise.all(Array.from({ length: 1000 }, (_, n) => instance.request('double', [n])));
    expect(results).toEqual(Array.from({ length: 1000 }, (_, n) => n * 2));
  });

  it('rpc#C12: replies in any order, duplicates and unknown ids are handled', async () => {
    const held: PeerMessage[] = [];
    await open((message) => {
      held.push(message);
      if (held.length < 3) return;
      message.send({ jsonrpc: '2.0', id: 999, result: 'nobody asked' });
      message.send({ jsonrpc: '2.0', id: '1', result: 'the text "1" is another id' });
      for (const one of [...held].reverse()) {
        one.reply(one.message.method);
        one.reply('again');
      }
    });
    expect(await Promise.all(['a', 'b', 'c'].map((name) => instance.request(name)))).toEqual(['a', 'b', 'c']);
    expect(logger.of('ERROR')).toEqual([]);
  });

  it('rpc#C12: ids are never reused while an answer may come', async () => {
    await open(({ message, reply }) => message.method !== 'silent' && reply(message.id));
    await expect(instance.request('silent', null, { timeout: 5 })).rejects.toThrow('not answered');
    const ids = [await instance.request('m'), await instance.request('m')];
    expect(ids).toEqual([2, 3]);
    // The given-up id is still spoken for, and so is a running one.
    await expect(instance.execute('m', null, undefined, { id: 1 })).rejects.toThrow('is running already');
    void instance.task('silent', null, undefined, { id: 'mine' });
    expect(instance.isRunning('mine')).toBe(true);
    const sent = received.length;
    await expect(instance.execute('m', null, undefined, { id: 'mine' })).rejects.toThrow('is running already');
    expect(received.length - sent).toBeLessThanOrEqual(1);
    expect((await instance.execute('m', null, undefined, { id: 5 })).id).toBe(5);
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each([
    ['NaN', { value: Number.NaN }],
    ['Infinity', [[Infinity]]],
    ['a BigInt', { value: 1n }],
    ['a cycle', cycle],
    [
      'a toJSON that throws',
      {
        toJSON() {
          throw new Error('not me');
        },
      },
    ],
  ])('rpc#C17: %s in params rejects before anything is sent', async (_what, params) => {
    await open(({ reply }) => reply('fine'));
    await expect(instance.request('m', params)).rejects.toMatchObject({ name: 'UnserializableError' });
    await expect(instance.notify('m', params)).rejects.toMatchObject({ name: 'UnserializableError' });
    await expect(instance.task('m', params)).rejects.toMatchObject({ name: 'UnserializableError' });
    await expect(instance.batch([{ method: 'm', params }])).rejects.toMatchObject({ name: 'UnserializableError' });
    expect(await instance.request('m', { real: null, text: 'NaN' })).toBe('fine');
    expect(received.length).toBe(1);
  });
});

describe('rpc#C8 #C9: tasks', () => {
  const progress = (id: unknown, operation: string, amount: number): unknown => ({
    jsonrpc: '2.0',
    method: 'render',
    params: { id, operation, amount },
  });

  it('rpc#C8: progress is iterable while running and ends with the reply', async () => {
    await open(({ message, send, reply }) => {
      send(progress(message.id, 'Building', 0.25));
      send(progress('someone else', 'Nothing', 0.5));
      send(progress(message.id, 'Rendering', 0.75));
      reply({ ok: true });
    });
    const heard: string[] = [];
    const task = instance.task('render', { width: 3 }, undefined, {
      onProgress: ({ operation }) => heard.push(operation),
    });
    const seen: [string, number][] = [];
    for await (const { operation, amount } of task) seen.push([operation, amount]);
    expect(seen).toEqual([
      ['Building', 0.25],
      ['Rendering', 0.75],
    ]);
    expect(heard).toEqual(['Building', 'Rendering']);
    expect(task.ready).toBe(true);
    expect((await task).result).toEqual({ ok: true });
    expect(await task.result()).toEqual({ ok: true });
  });

  it('rpc#C8: iteration arrives as it happens, before the reply', async () => {
    let answer: () => void = () => undefined;
    await open(({ message, send, reply }) => {
      send(progress(message.id, 'Building', 0.5));
      answer = () => reply(1);
    });
    const task = instance.task('render');
    for await (const { amount } of task) {
      expect(amount).toBe(0.5);
      expect(task.ready).toBe(false);
      answer();
    }
    expect(await task.result()).toBe(1);
  });

  it('rpc#C8: unread progress does not block the reply, however much there is', async () => {
    await open(({ message, send, reply }) => {
      for (let n = 0; n < 5000; n += 1) send(progress(message.id, `Step ${n}`, n / 5000));
      reply('done');
    });
    const task = instance.task('render');
    expect((await task).result).toBe('done');
    const unread: string[] = [];
    for await (const { operation } of task) unread.push(operation);
    expect(unread.length).toBe(1000);
    expect(unread.at(-1)).toBe('Step 4999');
  });

  it('rpc#C8: iteration ends without throwing when the task fails', async () => {
    await open(({ message, send, fail }) => {
      send(progress(message.id, 'Building', 0.5));
      fail(7, 'broke');
    });
    const task = instance.task('render');
    let steps = 0;
    for await (const _step of task) steps += 1;
    expect(steps).toBe(1);
    await expect(task).rejects.toMatchObject({ code: 7 });
  });

  it('rpc#C8: a progress listener that throws harms nobody', async () => {
    await open(({ message, send, reply }) => {
      send(progress(message.id, 'Building', 0.5));
      reply('done');
    });
    const onProgress = (): void => {
      throw new Error('mine');
    };
    expect(await instance.request('render', null, { onProgress })).toBe('done');
    expect(logger.of('ERROR')).toEqual(['A progress listener failed: mine']);
  });

  it('rpc#C9: cancel resolves on the reply null, and the task rejects with code 20', async () => {
    let running: PeerMessage;
    await open((one) => {
      if (one.message.method === 'cancel') {
        expect(one.message.params).toEqual({ id: running.message.id });
        one.reply(null);
        running.fail(20, 'Task cancelled');
      } else running = one;
    });
    const task = instance.task('render');
    const outcome = expect(task).rejects.toMatchObject({ name: 'JsonRpcError', code: 20 });
    expect(await task.cancel()).toBeUndefined();
    await outcome;
    expect(logger.of('INFO')).toContain(`Cancel of request ${await task.id} asked for`);
  });

  it('rpc#C9: a refused cancel rejects with -32602', async () => {
    await open(({ message, reply, fail }) =>
      message.method === 'cancel' ? fail(-32602, 'No such request') : reply('quick'),
    );
    const task = instance.task('quick');
    expect(await task.result()).toBe('quick');
    await expect(task.cancel()).rejects.toMatchObject({ code: -32602 });
    await expect(instance.cancel('foreign')).rejects.toMatchObject({ code: -32602 });
  });
});

describe('rpc#C13: what a server must not send', () => {
  const rows: [string, string, unknown][] = [
    ['not JSON', 'not JSON', '{"jsonrpc":'],
    ['a scalar', 'not an object', '5'],
    ['null', 'not an object', 'null'],
    ['a reply without result', 'neither result nor error', { jsonrpc: '2.0', id: 77 }],
    [
      '"error": null beside result',
      'an error that is not an object',
      { jsonrpc: '2.0', id: 77, result: 1, error: null },
    ],
    [
      'an error without code',
      'an error without a code or message',
      { jsonrpc: '2.0', id: 77, error: { message: 'x' } },
    ],
    ['a reply with id null', 'a reply without a usable id', { jsonrpc: '2.0', id: null, result: 1 }],
    ['a reply without id', 'a reply without a usable id', { jsonrpc: '2.0', result: 1 }],
    ['a foreign notification', 'a notification ("news") nobody listens to', { jsonrpc: '2.0', method: 'news' }],
    [
      'progress without operation',
      'a notification ("m") nobody',
      { jsonrpc: '2.0', method: 'm', params: { id: 1, amount: 1 } },
    ],
    ['a request', 'a request', { jsonrpc: '2.0', id: 1, method: 'ask' }],
    ['an array', 'not an object', [1]],
    ['an empty array', 'an empty array', []],
    [
      'an error in a binary frame',
      'a binary frame holds no reply but error',
      binaryFrame({ jsonrpc: '2.0', id: 77, error: { code: 1, message: '' } }, Buffer.alloc(1)),
    ],
    ['a binary frame without header', 'shorter than its header says', Buffer.from([1, 0])],
    ['a binary frame shorter than its header says', 'shorter than its header says', Buffer.from([9, 0, 0, 0, 123])],
    ['a binary frame with broken text', 'the text of a binary frame is not JSON', Buffer.from([1, 0, 0, 0, 123])],
    [
      'an error with id null',
      'Error that belongs to no request',
      { jsonrpc: '2.0', id: null, error: { code: -32603, message: 'x' } },
    ],
  ];
  it.each(rows)('rpc#C13: %s is logged at ERROR and fails no other request', async (_what, text, frame) => {
    await open(({ ws, reply }) => {
      const raw = typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame);
      ws.send(raw);
      reply('alive');
    });
    expect(await instance.request('m')).toBe('alive');
    expect(logger.of('ERROR').join()).toContain(text);
    expect(instance.connected).toBe(true);
  });

  it('rpc#C13: an invalid answer fails the request it belongs to, instead of leaving it waiting', async () => {
    await open(({ message, send, reply }) =>
      message.method === 'bad' ? send({ jsonrpc: '2.0', id: message.id }) : reply('alive'),
    );
    const [bad, good] = await Promise.allSettled([instance.request('bad'), instance.request('good')]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'ProtocolError' } });
    expect(good).toEqual({ status: 'fulfilled', value: 'alive' });
  });

  it('rpc#C13: failAllOnGeneralError fails all waiting requests on an error with id null', async () => {
    await open(({ send }) => send({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } }), {
      failAllOnGeneralError: true,
    });
    await expect(instance.request('m')).rejects.toMatchObject({ name: 'JsonRpcError', id: null, code: -32700 });
  });

  it('rpc#C13: notifications reach whoever asked for them', async () => {
    await open(({ send, reply }) => {
      send({ jsonrpc: '2.0', method: 'news', params: { n: 1 } });
      reply(null);
    });
    const heard: unknown[] = [];
    const stop = instance.onNotification((notification) => heard.push(notification));
    await instance.request('m');
    stop();
    expect(heard).toEqual([{ method: 'news', params: { n: 1 } }]);
    expect(logger.of('ERROR')).toEqual([]);
  });
});

describe('rpc#C16: timeouts and abort signals', () => {
  it('rpc#C16: a timeout rejects only its request and ignores the late reply', async () => {
    let late: PeerMessage | undefined;
    await open((one) => {
      if (one.message.method === 'slow') late = one;
      else {
        late?.reply('too late');
        one.reply('quick');
      }
    });
    await expect(instance.request('slow', null, { timeout: '10ms' })).rejects.toMatchObject({
      name: 'RequestTimeoutError',
      code: 'TIMED_OUT',
      method: 'slow',
      timeout: 10,
    });
    expect(await instance.request('quick', null, { timeout: '10s' })).toBe('quick');
    expect(logger.of('ERROR')).toEqual([]);
    expect(received.map(({ message }) => message.method)).toEqual(['slow', 'quick']);
  });

  it('rpc#C16: requestTimeout of the connector holds for every request; 0 lifts it', async () => {
    let release: () => void = () => undefined;
    await open(({ reply }) => (release = () => reply('at last')), { requestTimeout: 10 });
    await expect(instance.request('slow')).rejects.toMatchObject({ name: 'RequestTimeoutError' });
    const patient = instance.request('slow', null, { timeout: 0 });
    await waitFor('the second request', () => received.length === 2);
    release();
    expect(await patient).toBe('at last');
  });

  it('rpc#C16: an aborted signal rejects with its reason and sends cancel when wished', async () => {
    await open(({ message, reply }) => message.method === 'quick' && reply('quick'));
    for (const cancelOnAbort of [false, true]) {
      const abort = new AbortController();
      const outcome = expect(instance.request('slow', null, { signal: abort.signal, cancelOnAbort })).rejects.toThrow(
        'changed my mind',
      );
      abort.abort(new Error('changed my mind'));
      await outcome;
    }
    expect(await instance.request('quick')).toBe('quick');
    expect(received.map(({ message }) => message)).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'slow' },
      { jsonrpc: '2.0', id: 2, method: 'slow' },
      { jsonrpc: '2.0', method: 'cancel', params: { id: 2 } },
      { jsonrpc: '2.0', id: 3, method: 'quick' },
    ]);
  });

  it('rpc#C16: an aborted task sends cancel without being asked to', async () => {
    await open();
    const abort = new AbortController();
    const task = instance.task('render', null, undefined, { signal: abort.signal });
    const outcome = expect(task).rejects.toThrow('stop');
    abort.abort(new Error('stop'));
    await outcome;
    await waitFor('cancel', () => received.some(({ message }) => message.method === 'cancel'));
  });

  it('rpc#C16: a signal that is aborted already sends nothing', async () => {
    await open(({ reply }) => reply(null));
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(instance.request('m', null, { signal })).rejects.toThrow('never mind');
    await expect(instance.task('m', null, undefined, { signal })).rejects.toThrow('never mind');
    await expect(instance.batch([{ method: 'm' }], { signal })).rejects.toThrow('never mind');
    await instance.request('m');
    expect(received.length).toBe(1);
  });
});

describe('Batches', () => {
  it('sends one array and answers each entry by itself, replies in any order', async () => {
    await open(({ message, send }) => {
      const replies = message
        .filter((one: { id?: unknown }) => one.id !== undefined)
        .map(({ id, method }: { id: number; method: string }) =>
          method === 'bad'
            ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }
            : { jsonrpc: '2.0', id, result: method },
        );
      send(replies.reverse());
    });
    const outcome = await instance.batch([
      { method: 'a' },
      { method: 'told', params: [7], notify: true },
      { method: 'bad' },
      { method: 'b', params: { x: 1 } },
    ]);
    expect(outcome).toMatchObject([
      { status: 'fulfilled', value: 'a' },
      { status: 'fulfilled', value: undefined },
      { status: 'rejected', reason: { name: 'JsonRpcError', code: -32601 } },
      { status: 'fulfilled', value: 'b' },
    ]);
    expect(received.length).toBe(1);
  });

  it('needs no answer for notifications alone, and sends nothing for an empty batch', async () => {
    await open();
    expect(await instance.batch([])).toEqual([]);
    expect(await instance.batch([{ method: 'n', notify: true }])).toEqual([{ status: 'fulfilled', value: undefined }]);
    await waitFor('the batch', () => received.length === 1);
    expect(received[0]?.message).toEqual([{ jsonrpc: '2.0', method: 'n' }]);
  });

  it('rejects every entry when the server refuses the batch as a whole, and no other request', async () => {
    await open(({ message, send, reply }) =>
      Array.isArray(message)
        ? send({ jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Batch too large' } })
        : message.method === 'after' && reply('alive'),
    );
    const waiting = instance.request('waiting');
    waiting.catch(() => undefined);
    const outcome = await instance.batch([{ method: 'a' }, { method: 'b' }]);
    expect(outcome.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await instance.request('after')).toBe('alive');
    expect(instance.isRunning(1)).toBe(true);
  });

  it('gives an entry refused without an id to the entry left open', async () => {
    await open(({ message, send }) =>
      send([
        { jsonrpc: '2.0', id: null, error: { code: -32600, message: 'Invalid Request' } },
        { jsonrpc: '2.0', id: message[0].id, result: 1 },
      ]),
    );
    expect(await instance.batch([{ method: 'a' }, { method: 'b' }])).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { code: -32600 } },
    ]);
  });

  it('a timeout rejects the entries that are not answered', async () => {
    await open(({ message, send }) => send([{ jsonrpc: '2.0', id: message[0].id, result: 1 }]));
    holdTimers();
    const outcome = instance.batch([{ method: 'a' }, { method: 'b' }], { timeout: 1000 });
    await turnsUntil(() => logger.of('INFO').includes('Reply to 1'));
    jest.advanceTimersByTime(1000);
    expect(await outcome).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected', reason: { name: 'RequestTimeoutError' } },
    ]);
  });
});
