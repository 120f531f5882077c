import type { ConnectionRegistry } from '@millrace/connectivity';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import type { RunningRedis } from '../support/redis.js';
import { suiteRedis } from '../support/suite-redis.js';
import { waitFor } from '../support/waiting.js';
import { type Damage, type KeyOf, keysOf } from './damage.js';
import { callsAt, logCollector, startInstance, Witness } from './registry-witness.js';

/** Busy loops make thousands. */
const FEW_CALLS = 200;
const FEW_LINES = 20;

let redis: RunningRedis;
let client: Redis;
let lines: string[];
let witness: Witness;
let instances: ConnectionRegistry[];

function prepare(): void {
  suiteRedis((started) => void ({ redis, client } = started));
  beforeEach(async () => {
    await client.flushall();
    // A database with nothing in it may have lost everything a moment ago: a start would wait for other instances.
    await client.set('other', 'x');
    const log = logCollector();
    lines = log.lines;
    Logger.overrideLogger(log.logger);
    witness = new Witness();
    instances = [];
  });
  afterEach(async () => {
    await witness.end();
    await Promise.all(instances.map((instance) => instance.close()));
    Logger.overrideLogger(false);
  });
}

async function start(): Promise<ConnectionRegistry> {
  const instance = await startInstance(redis.url);
  instances.push(instance);
  return instance;
}

/** So many that there is a snapshot, and the log begins after the first entries. */
async function fill(instance: ConnectionRegistry): Promise<KeyOf> {
  for (let round = 0; round < 23; round += 1) await witness.publishAgain(instance);
  const key = await keysOf(client);
  await waitFor('a trimmed log', async () => (await client.xlen(key('log'))) < 15);
  return key;
}

/** Nothing is asked and written again and again, once all is well. */
async function expectIdle(): Promise<void> {
  const [calls, said] = [await callsAt(client), lines.length];
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect((await callsAt(client)) - calls).toBeLessThan(FEW_CALLS);
  expect(lines.slice(said)).toEqual([]);
  expect(lines.length).toBeLessThan(FEW_LINES);
}

/**
 * What a registry keeps through damages to its keys.
 *
 * @param count instances that have it in memory
 */
export function describeHealing(count: number, damages: readonly (readonly [title: string, damage: Damage])[]): void {
  describe(`A registry with ${count} instances in memory`, () => {
    prepare();

    it.each(damages)('goes on with all it holds when %s', async (_title, damage) => {
      for (let number = 0; number < count; number += 1) await start();
      const [first, last] = [instances[0], instances.at(-1)] as [ConnectionRegistry, ConnectionRegistry];
      const key = await fill(first);
      const watches = instances.map((instance) => witness.watch(instance));
      await waitFor('the sets', () => watches.every(({ names }) => witness.isRight(names)));
      for (const instance of instances) witness.observe(instance);
      const epoch = await client.hget(key('snapshot'), 'epoch');
      await damage(client, key);
      await witness.publishAgain(last);
      for (const instance of instances) await witness.answers(instance);
      await witness.publishAgain(first);
      await waitFor('the sets of the watchers', () => watches.every(({ names }) => witness.isRight(names)));
      const isAnother = (await client.hget(key('snapshot'), 'epoch')) !== epoch;
      expect(watches.every(({ gaps }) => gaps > 0)).toBe(isAnother);
      // One that comes afterwards finds everything.
      const late = await start();
      witness.observe(late);
      await witness.answers(late);
      await witness.end();
      expect(witness.wrong).toEqual([]);
      await expectIdle();
    });

    it.each(damages)('lets an instance start with all it holds while %s', async (_title, damage) => {
      for (let number = 0; number < count; number += 1) await start();
      const [first] = instances as [ConnectionRegistry];
      const key = await fill(first);
      await damage(client, key);
      const late = await start();
      for (const instance of instances) witness.observe(instance);
      await witness.publishAgain(late);
      for (const instance of instances) await witness.answers(instance);
      await witness.end();
      expect(witness.wrong).toEqual([]);
    });
  });
}
