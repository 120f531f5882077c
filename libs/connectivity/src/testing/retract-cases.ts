import assert from 'node:assert/strict';
import type { ContractCase } from '@millrace/core/contract';
import { registryCase, type RegistrySubject } from './registry-case.js';
import { connection, connectionsNamed, waitUntil, names, PARTITION as P, refuses } from './support.js';

const ANNA = { subject: 'anna', admin: false };
const BEN = { subject: 'ben', admin: false };
const ADMIN = { subject: 'root', admin: true };

export const RETRACT_CASES: readonly ContractCase<RegistrySubject>[] = [
  registryCase('connectivity#28: removes exactly the names listed, and takes them literally', async (registry) => {
    await registry.publish(P, connectionsNamed('a', 'b', 'c'));
    await registry.retract(P, ['b']);
    assert.deepEqual(await names(registry), ['a', 'c']);
    await refuses('NOT_FOUND', registry.retract(P, ['.*']));
    assert.deepEqual(await names(registry), ['a', 'c']);
  }),
  registryCase('connectivity#30: removes the known names, then says that others were not', async (registry) => {
    await registry.publish(P, connectionsNamed('a', 'b', 'c'));
    await refuses('NOT_FOUND', registry.retract(P, ['x', 'a', 'b', 'b']));
    assert.deepEqual(await names(registry), ['c']);
  }),
  registryCase('connectivity#31 #32: removes a partition with its last entry', async (registry) => {
    await refuses('NOT_FOUND', registry.retract(P, ['a']));
    await registry.publish(P, [connection('a')]);
    await registry.retract(P, ['a']);
    await refuses('NOT_FOUND', registry.lookup(P, {}));
  }),
  registryCase('connectivity#33: takes an empty list, which removes an empty partition only', async (registry) => {
    await registry.publish(P, [connection('a')]);
    await registry.retract(P, []);
    assert.deepEqual(await names(registry), ['a']);
    await registry.publish('empty', []);
    await registry.retract('empty', []);
    await refuses('NOT_FOUND', registry.retract('empty', []));
  }),
  registryCase('connectivity#34 #35: removes a partition with all it holds', async (registry) => {
    await registry.publish(P, [connection('a'), connection('b')]);
    await registry.retractPartition(P);
    await refuses('NOT_FOUND', registry.lookup(P, {}));
    await refuses('NOT_FOUND', registry.retractPartition(P));
  }),
  registryCase(
    'connectivity#38 #39: keeps expired entries retractable',
    async (registry) => {
      await registry.publish(P, [connection('a'), connection('b')]);
      await waitUntil('the expiry', async () => (await names(registry)).length === 0);
      await registry.retract(P, ['a']);
      assert.deepEqual(await names(registry), []);
      await registry.retract(P, ['b']);
      await refuses('NOT_FOUND', registry.lookup(P, {}));
    },
    { ttl: 50 },
  ),
  registryCase('connectivity#45: remembers the largest numbers, until they are reset', async (registry) => {
    await registry.publish(P, connectionsNamed('a', 'b', 'c'));
    await registry.publish('q', []);
    await registry.lookup(P, {});
    await refuses('NOT_FOUND', registry.lookup('unknown', {}));
    await registry.retractPartition(P);
    const { publish, lookup, maxPartitions, maxConnections, connections } = await registry.resetStatistics();
    assert.deepEqual([publish.calls, lookup.calls, maxPartitions, connections], [2, 1, 2, 0]);
    assert.deepEqual([...maxConnections.keys()], [P, 'q']);
    assert.deepEqual([...maxConnections.values()], [3, 0]);
    const after = await registry.statistics();
    assert.deepEqual([after.publish.calls, after.lookup.calls, after.maxPartitions], [0, 0, 1]);
  }),
  registryCase('connectivity#46 #47: keeps connections through a reset, and drops all when told', async (registry) => {
    await registry.publish(P, [connection('a')]);
    await registry.resetStatistics();
    assert.deepEqual(await names(registry), ['a']);
    await registry.publish(P, [connection('b')]);
    await registry.clear();
    assert.deepEqual(await registry.partitions(), []);
  }),
  registryCase('connectivity#57: lets only the publisher or an administrator replace and retract', async (registry) => {
    await registry.publish(P, [connection('a')], ANNA);
    await refuses('FORBIDDEN', registry.publish(P, [connection('b'), connection('a', { uri: 'x' })], BEN));
    assert.deepEqual(await names(registry), ['a']);
    await registry.publish(P, [connection('b')], BEN);
    await refuses('FORBIDDEN', registry.retract(P, ['b', 'a'], BEN));
    await refuses('FORBIDDEN', registry.retractPartition(P, BEN));
    assert.deepEqual(await names(registry), ['a', 'b']);
    await registry.publish(P, [connection('a', { uri: 'y' })], ANNA);
    await registry.retract(P, ['a'], ANNA);
    await registry.retract(P, ['b'], ADMIN);
  }),
  registryCase(
    'connectivity#57: frees a name when its publisher is gone',
    async (registry) => {
      await registry.publish(P, [connection('a')], ANNA);
      await waitUntil('the expiry', async () => (await names(registry)).length === 0);
      await registry.publish(P, [connection('a', { uri: 'tcp://new' })], BEN);
      assert.equal((await registry.list(P))[0]?.publisher, 'ben');
    },
    { ttl: 50 },
  ),
];
