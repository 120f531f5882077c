import { once } from 'node:events';
import { Module } from '@nestjs/common';
import { connect, type Millrace, nodeSources, Streams } from '@millrace/client';
import { ConnectionRegistry, ConnectivityModule } from '@millrace/connectivity';
import { RpcMethod, RpcModule } from '@millrace/rpc';
import { memoryStore, StreamStore, StreamStoreModule } from '@millrace/stream-store';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { THINGS_THROWN } from '../support/things-thrown.js';
import { waitFor } from '../support/waiting.js';

// Jest fails a test during which a rejection or an error reaches the process.

describe.each([
  [
    'throws',
    (thing: unknown): never => {
      throw thing;
    },
  ],
  ['rejects with', (thing: unknown): Promise<never> => Promise.reject(thing as Error)],
])('A listener of the client that %s anything', (_how, fail) => {
  let running: RunningApplication;
  beforeAll(async () => {
    running = await startApplication([
      StreamStoreModule.forRoot({ store: memoryStore() }),
      ConnectivityModule.forRoot({ public: true }),
    ]);
  });
  afterAll(() => running.close());

  /** The names of the things that did not end what was asked for. */
  const without = async (ask: (make: () => unknown, stream: string) => Promise<unknown>): Promise<string[]> => {
    const ended = await Promise.all(
      THINGS_THROWN.map(async ([name, make], index) => {
        try {
          await ask(make, `s${index}`);
          return [name];
        } catch {
          return [];
        }
      }),
    );
    return ended.flat();
  };
  const streams = (): Streams => new Streams({ url: running.url, maxPause: 200 });

  it('ends a push', async () => {
    const left = await without(async (make, stream) => {
      const push = streams().push(stream, { onProgress: () => fail(make()) as never });
      await push.send('x');
      await push.close();
    });
    expect(left).toEqual([]);
  });

  it('ends a push that nobody acknowledges', async () => {
    const left = await without(async (make, stream) => {
      const push = streams().push(stream, { ack: false, onProgress: () => fail(make()) as never });
      await push.send('x');
      await new Promise(setImmediate);
      await push.close();
    });
    expect(left).toEqual([]);
  });

  it('ends a pull, by its progress', async () => {
    const left = await without(async (make, stream) => {
      await using push = streams().push(stream);
      await push.send('x');
      const pull = streams().pull(stream, { after: '0', onProgress: () => fail(make()) as never });
      for await (const _entry of pull);
    });
    expect(left).toEqual([]);
  });

  it('ends a pull, by a gap', async () => {
    const store = running.app.get(StreamStore);
    let gaps = 0;
    const left = await without(async (make, name) => {
      const stream = `gone-${name}`;
      await store.append(stream, [Buffer.from('x')]);
      await store.delete([stream]);
      const onGap = (): never => {
        gaps += 1;
        return fail(make()) as never;
      };
      for await (const _entry of streams().pull(stream, { after: '1-0', onGap }));
    });
    expect([left, gaps]).toEqual([[], THINGS_THROWN.length]);
  });

  it('ends nothing, by an error that it was told of', async () => {
    const registry = running.app.get(ConnectionRegistry);
    const publish = registry.publish.bind(registry);
    const told = new Set<number>();
    const millrace = await connect(running.url, { sources: nodeSources({ environment: {}, home: '/nonexistent' }) });
    const kept = await Promise.all(
      THINGS_THROWN.map(([, make], index) => {
        const connection = { uid: `u${index}`, uri: 'tcp://host/u', dataType: 'T' };
        const onError = (): never => {
          told.add(index);
          return fail(make()) as never;
        };
        return millrace.registry.keepPublished('p', connection, { interval: 20, onError });
      }),
    );
    registry.publish = () => Promise.reject(new Error('not now'));
    await waitFor('all errors', () => told.size === kept.length);
    registry.publish = publish;
    await waitFor('the publications', () => kept.every(({ lastError }) => lastError === undefined));
    await millrace.close();
  });

  it('ends nothing, by a warning', async () => {
    // The key of another server's profile is kept back.
    const profile = { endpoints: 'elsewhere.example:4411', apiKey: 'a key' };
    const sources = {
      ...nodeSources({ environment: {}, home: '/nonexistent' }),
      credentials: () => ({ path: '/nonexistent', profile: () => profile }),
    };
    let told = 0;
    for (const [, make] of THINGS_THROWN) {
      const onWarning = (): never => {
        told += 1;
        return fail(make()) as never;
      };
      const millrace = await connect(running.url, { sources, check: false, onWarning });
      await millrace.close();
    }
    expect(told).toBe(THINGS_THROWN.length);
  });
});

class Silent {
  @RpcMethod('silent', { async: true }) async silent(): Promise<void> {
    await new Promise(() => undefined);
  }
}

describe('A signal that aborts with anything', () => {
  let running: RunningApplication;
  let millrace: Millrace;
  beforeAll(async () => {
    @Module({ imports: [RpcModule.forRoot({ public: true })], providers: [Silent] })
    class SilentModule {}
    running = await startApplication([
      StreamStoreModule.forRoot({ store: memoryStore() }),
      ConnectivityModule.forRoot({ public: true }),
      SilentModule,
    ]);
    millrace = await connect(running.url, { sources: nodeSources({ environment: {}, home: '/nonexistent' }) });
  });
  afterAll(async () => {
    await millrace.close();
    await running.close();
  });

  const drain = async (values: AsyncIterable<unknown>): Promise<void> => {
    for await (const _value of values);
  };

  it.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['a pull', (signal) => drain(millrace.streams.pull('s', { signal }))],
    ['a push', (signal) => millrace.streams.push('s', { signal }).send('x')],
    [
      'a push that has begun',
      async (signal) => {
        const push = millrace.streams.push('s', { signal });
        await push.send('x');
        if (!signal.aborted) await once(signal, 'abort');
        await push.send('x');
      },
    ],
    ['a watch', (signal) => drain(millrace.registry.watch('p', { signal }))],
    ['a wait', (signal) => millrace.registry.waitFor('p', {}, { signal })],
    ['a call', (signal) => millrace.rpc.request('silent', undefined, { signal })],
    [
      'a call that is cancelled',
      (signal) => millrace.rpc.request('silent', undefined, { signal, cancelOnAbort: true }),
    ],
    [
      'a task',
      async (signal) => {
        const task = millrace.rpc.task('silent', undefined, undefined, { signal });
        await drain(task);
        await task.result();
      },
    ],
  ])('ends %s, before or while it is under way', async (_name, begin) => {
    const ended = await Promise.all(
      THINGS_THROWN.flatMap(([, make]) =>
        [true, false].map(async (before) => {
          const abort = new AbortController();
          if (before) abort.abort(make());
          const outcome = begin(abort.signal).then(
            () => 'went on',
            () => 'ended',
          );
          await new Promise(setImmediate);
          abort.abort(make());
          return outcome;
        }),
      ),
    );
    expect(new Set(ended)).toEqual(new Set(['ended']));
  });
});
