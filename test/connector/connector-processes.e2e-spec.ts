import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { SourceNotification } from '@millrace/connector';
import { buildLibrary } from '../support/build.js';
import { endProcess } from '../support/end-process.js';
import { startRedis } from '../support/redis.js';
import { scaled } from '../support/soak.js';
import { waitFor } from '../support/waiting.js';
import { ChangingHub } from './support/changing-hub.js';

// A build of the library may come first.
jest.setTimeout(300_000);

const COUNT = scaled(1000, 200);
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const LONG = { deadline: 60_000 };

/** What arrived, without what came again; each of those must bear the mark. */
function firsts(delivered: readonly SourceNotification[]): unknown[] {
  const seen = new Set<unknown>();
  for (const { object, redelivered } of delivered) {
    if (seen.has(object['n'])) expect(redelivered).toBe(true);
    seen.add(object['n']);
  }
  return [...seen];
}

describe('Notifications of a connector whose process ends', () => {
  let hub: ChangingHub;
  let child: ChildProcess | undefined;
  afterEach(async () => {
    await endProcess(child);
    await hub.stop();
  });

  /** Starts the connector in a process of its own. */
  const launch = (first: number, count: number, redisPort?: number): ChildProcess => {
    const more = redisPort === undefined ? [] : [String(redisPort)];
    child = fork(join(__dirname, 'support', 'notifier.mjs'), [hub.url, String(first), String(count), ...more], {
      execArgv: [],
    });
    return child;
  };

  it(`connector#21: ${COUNT} arrive in order when SIGTERM ends the connector while its outbox drains, over a cut and a restart`, async () => {
    await buildLibrary('connector');
    hub = await ChangingHub.start({}, () => new Promise((resolve) => setTimeout(resolve, 1)));
    const connector = launch(0, COUNT);
    await once(connector, 'message');
    await waitFor('the first ones', () => hub.delivered.length > 50, LONG);
    const rest = COUNT - hub.delivered.length;
    const ended = once(connector, 'exit');
    connector.kill('SIGTERM');
    expect(rest).toBeGreaterThan(0);
    await waitFor('some more', () => hub.delivered.length > COUNT / 2, LONG);
    hub.cut();
    await waitFor('three quarters', () => hub.delivered.length > (COUNT * 3) / 4, LONG);
    await hub.down();
    await hub.up();
    await ended;
    expect(firsts(hub.delivered)).toEqual(numbers);
  });

  it(`connector#21: with the outbox on BullMQ ${COUNT} arrive in order, though the connector is killed twice`, async () => {
    await buildLibrary('connector');
    const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
    try {
      hub = await ChangingHub.start({}, () => new Promise((resolve) => setTimeout(resolve, 1)));
      await hub.down();
      // The hub is away: all of them wait when the connector dies.
      const first = launch(0, COUNT, redis.port);
      await once(first, 'message');
      await endProcess(first);
      expect(hub.delivered).toEqual([]);
      await hub.up();
      const second = launch(COUNT, 0, redis.port);
      await waitFor('a third of them', () => hub.delivered.length > COUNT / 3, LONG);
      await endProcess(second);
      expect(hub.delivered.length).toBeLessThan(COUNT);
      launch(COUNT, 0, redis.port);
      await waitFor('the last one', () => firsts(hub.delivered).length === COUNT, LONG);
      expect(firsts(hub.delivered)).toEqual(numbers);
    } finally {
      await endProcess(child);
      await redis.stop();
    }
  });
});
