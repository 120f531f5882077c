import { Streams } from '@millrace/client';
import { memoryStore, StreamStoreModule } from '@millrace/stream-store';
import { type RunningApplication, startApplication } from '../support/applications.js';
import { THINGS_THROWN } from '../support/things-thrown.js';

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
    running = await startApplication([StreamStoreModule.forRoot({ store: memoryStore() })]);
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
});
