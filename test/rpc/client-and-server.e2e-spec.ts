import { Injectable, Module } from '@nestjs/common';
import { checkVersion, Connector, type RpcConnectorOptions, type Instance, type RpcClient } from '@millrace/client';
import { InjectRpc, RpcClientModule } from '@millrace/client/nest';
import { RpcModule, RpcTopics } from '@millrace/rpc';
import { HTTP_ADAPTERS, type RunningApplication, startApplication } from '../support/applications.js';
import { waitFor } from '../support/waiting.js';
import { startPlayground } from './support/applications.js';
import { Playground, PlaygroundModule } from './support/playground.js';

interface Methods {
  subtract(params: { minuend: number; subtrahend: number } | [number, number]): number;
  sum(params: number[]): number;
  get_data(): [string, number];
  update(params: number[]): void;
  echo(params?: object): unknown;
  'echo-binary'(): { size: number };
  nothing(): void;
  slow(params: { steps: number; pause?: number }): string;
  wait(params: { milliseconds: number }): string;
  'app-error'(): never;
  crash(): never;
  missing(): never;
  registry(): string[];
  schema(params: { endpoint: string }): { title: string; async: boolean };
  'get-version'(): { major: number; minor: number; patch: number; revision: string };
}

describe.each(HTTP_ADAPTERS)('The client against our own server on %s', (adapter) => {
  let running: RunningApplication;
  let instance: Instance<Methods>;
  const connect = (options: Partial<RpcConnectorOptions> = {}): Promise<Instance<Methods>> =>
    new Connector<Methods>({ uri: `${running.url.replace('http://', '')}/rpc`, ...options }).connect();
  beforeAll(async () => {
    running = await startPlayground({ topics: true }, { adapter });
    instance = await connect();
  });
  afterAll(async () => {
    await instance.disconnect();
    await running.close();
  });

  it('rpc#C6: results, void results, errors with code and data, and no details of a crash', async () => {
    expect(await instance.request('subtract', { minuend: 42, subtrahend: 23 })).toBe(19);
    expect(await instance.request('subtract', [42, 23])).toBe(19);
    expect(await instance.request('nothing')).toBeNull();
    await expect(instance.request('app-error')).rejects.toMatchObject({ code: 1234, data: { reason: 'asked for' } });
    await expect(instance.request('missing')).rejects.toMatchObject({ code: -32601 });
    await expect(instance.request('sum', ['x'] as never)).rejects.toMatchObject({
      code: -32602,
      data: [expect.any(String)],
    });
    const crash = await instance.request('crash').catch((error: unknown) => String(error));
    expect(crash).not.toContain('secret');
  });

  it('rpc#C6: registry, schema and version', async () => {
    const names = await instance.request('registry');
    expect(names).toContain('slow');
    expect(await instance.request('schema', { endpoint: 'slow' })).toMatchObject({ title: 'slow', async: true });
    const { major, minor, patch } = await instance.request('get-version');
    expect(await checkVersion(instance, `${major}.${minor}.${patch}`)).toMatchObject({ major });
  });

  it('rpc#C7: binary both ways', async () => {
    const payload = Buffer.alloc(1_000_000, 5);
    const { result, binary } = await instance.execute('echo-binary', null, payload);
    expect([result, payload.equals(binary)]).toEqual([{ size: 1_000_000 }, true]);
  });

  it('rpc#C8: progress as the server sends it', async () => {
    const task = instance.task('slow', { steps: 4, pause: 1 });
    const amounts: number[] = [];
    for await (const { amount } of task) amounts.push(amount);
    expect(amounts.at(0)).toBe(0.25);
    expect(await task.result()).toBe('done');
  });

  it('rpc#C9: cancel ends the task with code 20; what cannot be cancelled refuses', async () => {
    const task = instance.task('slow', { steps: 1000 });
    const outcome = expect(task).rejects.toMatchObject({ code: 20 });
    await task.cancel();
    await outcome;
    await expect(task.cancel()).rejects.toMatchObject({ code: -32602 });
    const stubborn = instance.task('wait', { milliseconds: 30 });
    await expect(stubborn.cancel()).rejects.toMatchObject({ code: -32602 });
    expect(await stubborn.result()).toBe('waited');
  });

  it('rpc#C11: 1000 pipelined requests', async () => {
    const results = await Promise.all(Array.from({ length: 1000 }, (_, n) => instance.request('sum', [n, 1])));
    expect(results).toEqual(Array.from({ length: 1000 }, (_, n) => n + 1));
  });

  it('rpc#C10 #C12: notifications and batches', async () => {
    const { notes } = running.app.get(Playground, { strict: false });
    await instance.notify('update', [7, 7, 7]);
    await waitFor('the notification', () => notes.some((note) => JSON.stringify(note).includes('[7,7,7]')));
    const outcome = await instance.batch([
      { method: 'sum', params: [1, 2, 4] },
      { method: 'update', params: [1], notify: true },
      { method: 'missing' },
      { method: 'get_data' },
    ]);
    expect(outcome).toMatchObject([
      { status: 'fulfilled', value: 7 },
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: -32601 } },
      { status: 'fulfilled', value: ['hello', 5] },
    ]);
  });

  it('rpc#C13: notifications the client asked for', async () => {
    const untyped = instance as unknown as Instance;
    const heard: unknown[] = [];
    const stop = instance.onNotification((notification) => heard.push(notification));
    await untyped.request('rpc.on', { topic: 'news' });
    running.app.get(RpcTopics, { strict: false }).publish('news', { n: 1 });
    await waitFor('the news', () => heard.length === 1);
    expect(heard).toEqual([{ method: 'news', params: { n: 1 } }]);
    await untyped.request('rpc.off', { topic: 'news' });
    stop();
  });

  it('rpc#C16: an aborted task is cancelled at the server', async () => {
    const { aborted } = running.app.get(Playground, { strict: false });
    const before = aborted.length;
    const abort = new AbortController();
    const task = instance.task('slow', { steps: 1000 }, undefined, { signal: abort.signal });
    const outcome = expect(task).rejects.toThrow('changed my mind');
    for await (const _progress of task) abort.abort(new Error('changed my mind'));
    await outcome;
    await waitFor('the server to hear of it', () => aborted.length > before);
    expect(aborted.at(-1)).toBe('RpcCancelledError');
  });

  it('rpc#C14: a server that shuts down closes with 1012', async () => {
    const other = await startPlayground({}, { adapter });
    const late = await new Connector({ uri: `${other.url.replace('http://', '')}/rpc` }).connect();
    const waiting = late.request('slow', { steps: 1000 });
    const outcome = Promise.allSettled([waiting]);
    await other.close();
    expect((await late.closed).code).toBe(1012);
    expect(await outcome).toMatchObject([{ status: 'rejected' }]);
    expect(late.connected).toBe(false);
  });
});

it('rpc#C19: one application calls another through an injected client', async () => {
  const server = await startApplication([RpcModule.forRoot({}), PlaygroundModule]);
  @Injectable()
  class Caller {
    constructor(@InjectRpc('math') readonly math: RpcClient<Methods>) {}
  }
  @Module({
    imports: [
      RpcClientModule.forRoot({
        clients: { math: { uri: `${server.url.replace('http://', '')}/rpc`, connect: 'start' } },
      }),
    ],
    providers: [Caller],
  })
  class CallerModule {}
  const caller = await startApplication([CallerModule]);
  const { math } = caller.app.get(Caller, { strict: false });
  expect([math.connected, await math.request('sum', [1, 2, 4])]).toEqual([true, 7]);
  expect(await math.task('slow', { steps: 2, pause: 1 }).result()).toBe('done');
  await caller.close();
  await server.close();
});
