import assert from 'node:assert/strict';
import type { ContractCase } from '@millrace/core/contract';
import { registryCase, type RegistrySubject } from './registry-case.js';
import { connection, waitUntil, names, placesIn, PARTITION as P, refuses, shownAgain } from './support.js';

export const PUBLISH_CASES: readonly ContractCase<RegistrySubject>[] = [
  registryCase('connectivity#1: finds at once what was published', async (registry) => {
    await registry.publish(P, [connection('a', { connectionType: 1, capacity: 7 })]);
    const [entry] = await registry.lookup(P, { pattern: 'a', dataType: 'T' });
    assert.deepEqual(
      { ...entry, text: undefined },
      { ...connection('a', { connectionType: 1, capacity: 7 }), text: undefined },
    );
    const [plain] = JSON.parse((await registry.lookupJson(P, { pattern: 'a', dataType: 'T' })).toString()) as unknown[];
    assert.deepEqual(plain, { uid: 'a', uri: 'tcp://host/a', connection_type: 1, data_type: 'T', capacity: 7 });
  }),
  registryCase('connectivity#7: replaces a known name in its place', async (registry) => {
    await registry.publish(P, [connection('a'), connection('b')]);
    await registry.publish(P, [connection('a', { uri: 'tcp://other' })]);
    assert.deepEqual(await placesIn(registry), ['a tcp://other', 'b tcp://host/b']);
  }),
  registryCase('connectivity#8: lets the last of equal names win, at the place of the first', async (registry) => {
    await registry.publish(P, [connection('a'), connection('b'), connection('a', { uri: 'tcp://last' })]);
    assert.deepEqual(await placesIn(registry), ['a tcp://last', 'b tcp://host/b']);
  }),
  registryCase('connectivity#10: creates a partition by an empty list', async (registry) => {
    await registry.publish(P, []);
    assert.deepEqual(await names(registry), []);
    assert.deepEqual(await registry.partitions(), [{ name: P, entries: 0 }]);
  }),
  registryCase('connectivity#12: finds a second data type, in the first place of its name', async (registry) => {
    await registry.publish(P, [connection('a'), connection('b', { dataType: 'U' })]);
    await registry.publish(P, [connection('a', { dataType: 'U' })]);
    assert.deepEqual(await names(registry, { pattern: '.*', dataType: 'U' }), ['a', 'b']);
    assert.deepEqual(await names(registry, { pattern: '.*', dataType: 'T' }), []);
  }),
  registryCase('connectivity#20: puts what was retracted and published again last', async (registry) => {
    await registry.publish(P, [connection('a'), connection('b')]);
    await registry.retract(P, ['a']);
    await registry.publish(P, [connection('a')]);
    assert.deepEqual(await names(registry), ['b', 'a']);
  }),
  registryCase('connectivity#27: keeps partitions apart', async (registry) => {
    await registry.publish('one', [connection('a')]);
    await registry.publish('two', [connection('b')]);
    assert.deepEqual(await names(registry, {}, 'one'), ['a']);
    await registry.retractPartition('one');
    assert.deepEqual(await names(registry, {}, 'two'), ['b']);
  }),
  registryCase(
    'connectivity#36: hides what was not published again in time',
    async (registry) => {
      await shownAgain(registry, ['a'], ['a']);
      await waitUntil('the expiry', async () => (await names(registry)).length === 0);
      const [listed] = await registry.list(P);
      assert.equal(listed?.live, false);
    },
    { ttl: 1000 },
  ),
  registryCase(
    'connectivity#36: a life of nothing ends at once',
    async (registry) => {
      await registry.publish(P, [connection('a')]);
      assert.deepEqual(await names(registry), []);
    },
    { ttl: 0 },
  ),
  registryCase(
    'connectivity#37: restarts the clock of the names published, and of no others',
    async (registry) => {
      await waitUntil('a that lives longer than b', async () => {
        await registry.publish(P, [connection('a'), connection('b')]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        await registry.publish(P, [connection('a')]);
        const [a, b] = await registry.list(P);
        return a?.live === true && b?.live === true && a.expiresAt > b.expiresAt;
      });
      await shownAgain(registry, ['a'], ['a']);
    },
    { ttl: 2000 },
  ),
  registryCase(
    'connectivity#40: shows an expired entry again when it is published, in its old place',
    async (registry) => {
      await registry.publish(P, [connection('a'), connection('b')]);
      await waitUntil('the expiry', async () => (await names(registry)).length === 0);
      await shownAgain(registry, ['b', 'a'], ['a', 'b']);
    },
    { ttl: 1000 },
  ),
  registryCase(
    'forgets expired entries, and partitions without any, after the grace',
    async (registry) => {
      await registry.publish(P, [connection('a')]);
      await registry.publish('empty', []);
      await waitUntil('the end of the grace', async () => (await registry.partitions()).length === 0);
      assert.equal((await registry.statistics()).connections, 0);
    },
    { ttl: 20, grace: 100 },
  ),
  registryCase('connectivity#41: shows a publication whole or not at all, and loses none', async (registry) => {
    const publisher = async (who: number): Promise<void> => {
      for (let round = 0; round < 10; round += 1)
        await registry.publish(P, [connection(`${who}-${round}-x`), connection(`${who}-${round}-y`)]);
    };
    const publishing = Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(publisher));
    let over = false;
    void publishing.finally(() => (over = true));
    while (!over) {
      const found = await registry.lookup(P, {}).catch(() => []);
      assert.equal(found.length % 2, 0, 'half of a publication was seen');
      await new Promise((resolve) => setImmediate(resolve));
    }
    await publishing;
    assert.equal((await names(registry)).length, 160);
  }),
  registryCase(
    'refuses what passes a limit, and stores nothing of it',
    async (registry) => {
      await registry.publish(P, [connection('a'), connection('b')]);
      await refuses('TOO_MANY_REQUESTS', registry.publish(P, [connection('c'), connection('d')]));
      assert.deepEqual(await names(registry), ['a', 'b']);
      await registry.publish(P, [connection('a'), connection('b'), connection('c')]);
      await registry.publish('q', []);
      await refuses('TOO_MANY_REQUESTS', registry.publish('r', []));
    },
    { limits: { maxConnections: 3, maxPartitions: 2 } },
  ),
  registryCase(
    'lets expired entries give way to new ones',
    async (registry) => {
      await registry.publish(P, [connection('a'), connection('b')]);
      await waitUntil('the expiry', async () => (await names(registry)).length === 0);
      await registry.publish(P, [connection('c'), connection('d')]);
      assert.equal((await registry.statistics()).connections, 2);
    },
    { ttl: 50, limits: { maxConnections: 2 } },
  ),
];
