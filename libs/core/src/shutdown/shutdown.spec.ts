import { getMaxListeners } from 'node:events';
import { Shutdown } from './shutdown.js';

it('A shutdown that had to cut something leaves nothing to wait for behind', async () => {
  const shutdown = new Shutdown();
  shutdown.limitTo(1);
  const done: string[] = [];
  shutdown.add({
    name: 'a part',
    end: (deadline) => new Promise<void>((resolve) => deadline.addEventListener('abort', () => resolve())),
    cut: () => done.push('cut'),
    close: () => done.push('close'),
  });
  await shutdown.onModuleDestroy();
  await shutdown.beforeApplicationShutdown();
  await shutdown.onApplicationShutdown();
  expect(done).toEqual(['cut', 'close']);
});

it('Node takes those who wait for the beginning or the deadline of a shutdown for no leak, however many they are', async () => {
  const shutdown = new Shutdown();
  const signals = [shutdown.signal];
  shutdown.add({ name: 'a part', end: (deadline) => signals.push(deadline) });
  await shutdown.onModuleDestroy();
  await shutdown.beforeApplicationShutdown();
  await shutdown.onApplicationShutdown();
  expect(signals.map((signal) => getMaxListeners(signal))).toEqual([Infinity, Infinity]);
});
