import assert from 'node:assert/strict';
import type { ContractCase } from '@millrace/core/contract';
import type { ConnectionRegistry, ListQuery } from '../api/connection-registry.js';
import { registryCase, type RegistrySubject } from './registry-case.js';
import { connection, connectionsNamed, names, PARTITION as P, refuses, waitUntil } from './support.js';

const listed = async (registry: ConnectionRegistry, query?: ListQuery): Promise<string[]> =>
  (await registry.list(P, query)).map(({ entry }) => entry.uid);

export const LIST_CASES: readonly ContractCase<RegistrySubject>[] = [
  registryCase('connectivity#59: lists what matches, in the order of first publication', async (registry) => {
    await registry.publish(P, [
      ...connectionsNamed('m3', 'm1', 'x'),
      connection('m2', { dataType: 'U' }),
      connection('m.2'),
    ]);
    assert.deepEqual(await listed(registry), ['m3', 'm1', 'x', 'm2', 'm.2']);
    assert.deepEqual(await listed(registry, {}), ['m3', 'm1', 'x', 'm2', 'm.2']);
    assert.deepEqual(await listed(registry, { dataType: 'U' }), ['m2']);
    assert.deepEqual(await listed(registry, { pattern: 'm.*', dataType: 'T' }), ['m3', 'm1', 'm.2']);
    assert.deepEqual(await listed(registry, { pattern: 'm[12]' }), ['m1', 'm2']);
    assert.deepEqual(await listed(registry, { pattern: 'm1' }), ['m1']);
    assert.deepEqual(await listed(registry, { pattern: 'm' }), []);
    await refuses('BAD_REQUEST', registry.list(P, { pattern: '(' }));
    await refuses('NOT_FOUND', registry.list('unknown', {}));
  }),
  registryCase('connectivity#59: lists no more than it is asked for', async (registry) => {
    await registry.publish(P, connectionsNamed('a1', 'b1', 'a2', 'a3'));
    assert.deepEqual(await listed(registry, { count: 2 }), ['a1', 'b1']);
    assert.deepEqual(await listed(registry, { pattern: 'a.', count: 2 }), ['a1', 'a2']);
    assert.deepEqual(await listed(registry, { pattern: 'a.', count: 3 }), ['a1', 'a2', 'a3']);
    assert.deepEqual(await listed(registry, { count: 100 }), ['a1', 'b1', 'a2', 'a3']);
  }),
  registryCase('connectivity#59: tells who published what, and when', async (registry) => {
    const before = Date.now();
    await registry.publish(P, [connection('hers')], { subject: 'anna', admin: false });
    await registry.publish(P, [connection('open')]);
    const [hers, open] = await registry.list(P);
    assert.deepEqual([hers?.publisher, open?.publisher], ['anna', undefined]);
    assert.ok(hers && hers.expiresAt - hers.publishedAt === 60_000);
    // The clock of a registry may be another one.
    assert.ok(Math.abs(hers.publishedAt - before) < 60_000);
  }),
  registryCase(
    'connectivity#59: leaves expired ones out where only live ones are asked for',
    async (registry) => {
      await registry.publish(P, connectionsNamed('a', 'b'));
      await waitUntil('the expiry', async () => (await names(registry)).length === 0);
      assert.deepEqual(await listed(registry, { live: true }), []);
      assert.deepEqual(
        (await registry.list(P, { pattern: '[ab]' })).map(({ live }) => live),
        [false, false],
      );
    },
    { ttl: 50 },
  ),
];
