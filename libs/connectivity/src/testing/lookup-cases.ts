import assert from 'node:assert/strict';
import type { ContractCase } from '@millrace/core/contract';
import { registryCase, type RegistrySubject } from './registry-case.js';
import { connection, connectionsNamed, names, PARTITION as P, refuses } from './support.js';

export const LOOKUP_CASES: readonly ContractCase<RegistrySubject>[] = [
  registryCase('connectivity#15: matches whole names only', async (registry) => {
    await registry.publish(P, [connection('abc')]);
    for (const pattern of ['ab', 'bc', 'b', 'ab|c', 'a.'])
      assert.deepEqual(await names(registry, { pattern }), [], pattern);
    for (const pattern of ['abc', 'ab.', 'a.*', '.*c', '.*', '^abc$'])
      assert.deepEqual(await names(registry, { pattern }), ['abc'], pattern);
  }),
  registryCase('connectivity#17 #18: compares names and data types exactly', async (registry) => {
    await registry.publish(P, [connection('a'), connection('A', { dataType: '' }), connection('b', { dataType: 't' })]);
    assert.deepEqual(await names(registry, { pattern: '[a]', dataType: 'T' }), ['a']);
    assert.deepEqual(await names(registry, { pattern: '.*', dataType: '' }), ['A']);
    // By every way a lookup may take: a plain name, a literal beginning, an expression.
    for (const pattern of ['a', 'a.*', '[a]', '.*']) {
      assert.deepEqual(await names(registry, { pattern, dataType: '.*' }), [], pattern);
      assert.deepEqual(await names(registry, { pattern, dataType: 'T' }), ['a'], pattern);
    }
    assert.deepEqual(await names(registry, { pattern: '[A]', dataType: 'T' }), []);
  }),
  registryCase(
    'connectivity#19: answers in the order of first publication, by every kind of pattern',
    async (registry) => {
      const order = ['m3', 'm1', 'x', 'm2'];
      for (const uid of order) await registry.publish(P, [connection(uid)]);
      assert.deepEqual(await names(registry, { pattern: '.*', dataType: 'T' }), order);
      assert.deepEqual(await names(registry, { pattern: 'm.*', dataType: 'T' }), ['m3', 'm1', 'm2']);
      assert.deepEqual(await names(registry, { pattern: 'm[12]', dataType: 'T' }), ['m1', 'm2']);
    },
  ),
  registryCase('finds every name among many, whatever came and went', async (registry) => {
    const uids = Array.from({ length: 1500 }, (_, index) => `n${(index * 7919) % 1500}`);
    for (let at = 0; at < uids.length; at += 100) {
      await registry.publish(P, connectionsNamed(...uids.slice(at, at + 100)));
      await names(registry, { pattern: 'n1.*', dataType: 'T' });
    }
    await registry.retract(P, uids.slice(0, 700));
    const left = uids.slice(700);
    const beginning = left.filter((uid) => uid.startsWith('n12'));
    assert.deepEqual(await names(registry, { pattern: 'n12.*', dataType: 'T' }), beginning);
    assert.deepEqual(await names(registry, { pattern: 'n12[0-9]*', dataType: 'T' }), beginning);
    await registry.publish(P, connectionsNamed(...uids.slice(0, 10)));
    assert.equal((await registry.lookup(P, { pattern: 'n.*', dataType: 'T' }).catch(() => [])).length, 810);
  }),
  registryCase('connectivity#21 #22: tells an unknown partition from one without a match', async (registry) => {
    await registry.publish(P, [connection('a')]);
    assert.deepEqual(await names(registry, { pattern: 'b', dataType: 'T' }), []);
    await refuses('NOT_FOUND', registry.lookup('unknown', {}));
    await refuses('NOT_FOUND', registry.lookupJson('unknown', { pattern: '.*', dataType: 'T' }));
  }),
  registryCase('connectivity#24: refuses an invalid pattern', async (registry) => {
    await registry.publish(P, [connection('a')]);
    for (const pattern of ['(', '[', '*', 'a{2,1}', String.raw`(a)\1`, '(?=a)a', 'x'.repeat(1025)])
      await refuses('BAD_REQUEST', registry.lookup(P, { pattern }));
  }),
  registryCase('connectivity#49: takes the names of objects for ordinary ones', async (registry) => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      await registry.publish(name, [connection(name)]);
      assert.deepEqual(await names(registry, { pattern: name, dataType: 'T' }, name), [name]);
    }
    assert.equal((await registry.partitions()).length, 3);
  }),
  registryCase('answers anew after every change, also to the same question', async (registry) => {
    const ask = async (): Promise<unknown[]> =>
      JSON.parse((await registry.lookupJson(P, { pattern: '.*', dataType: 'T' })).toString()) as unknown[];
    await registry.publish(P, [connection('a')]);
    assert.equal((await ask()).length, 1);
    await registry.publish(P, [connection('b')]);
    assert.equal((await ask()).length, 2);
    await registry.retractPartition(P);
    await registry.publish(P, [connection('c')]);
    assert.deepEqual(
      (await ask()).map((each) => (each as { uid: string }).uid),
      ['c'],
    );
  }),
  registryCase(
    'refuses a reply over its limit',
    async (registry) => {
      await registry.publish(P, connectionsNamed('a', 'b', 'c'));
      await refuses('TOO_LARGE', registry.lookup(P, { pattern: '.*', dataType: 'T' }));
      assert.deepEqual(await names(registry, { pattern: '[ab]', dataType: 'T' }), ['a', 'b']);
    },
    { limits: { maxResults: 2 } },
  ),
];
