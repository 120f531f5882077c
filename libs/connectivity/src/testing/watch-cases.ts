import assert from 'node:assert/strict';
import type { ContractCase } from '@millrace/core/contract';
import { registryCase, type RegistrySubject } from './registry-case.js';
import { begun, brief, connection, connectionsNamed, names, PARTITION as P, refuses, take } from './support.js';

export const WATCH_CASES: readonly ContractCase<RegistrySubject>[] = [
  registryCase('shows the matching set, then each change once', async (registry) => {
    await registry.publish(P, [connection('a1'), connection('b1')]);
    const [snapshot, rest] = await begun(registry.watch(P, { pattern: 'a.*', dataType: 'T' }));
    const watching = take(rest, 4);
    await registry.publish(P, [connection('a1'), connection('b1')]);
    await registry.publish(P, [connection('a2'), connection('b2')]);
    await registry.publish(P, [connection('a2', { uri: 'tcp://new' })]);
    await registry.publish('other', [connection('a3')]);
    await registry.publish(P, [connection('a2', { dataType: 'U' })]);
    await registry.publish(P, [connection('a2')]);
    assert.deepEqual([snapshot, ...(await watching)].map(brief), [
      'snapshot a1',
      'published a2',
      'changed a2',
      'retracted a2',
      'published a2',
    ]);
  }),
  registryCase(
    'shows what expires',
    async (registry) => {
      const [, rest] = await begun(registry.watch(P, {}));
      await registry.publish(P, [connection('a')]);
      assert.deepEqual((await take(rest, 2)).map(brief), ['published a', 'expired a']);
    },
    { ttl: 100 },
  ),
  registryCase('resumes after an index without loss or repetition', async (registry) => {
    await registry.publish(P, [connection('a')]);
    const [first, rest] = await begun(registry.watch(P, {}));
    await registry.publish(P, [connection('b')]);
    const [second] = await take(rest, 1);
    assert.deepEqual(
      [first, second].map((event) => event && brief(event)),
      ['snapshot a', 'published b'],
    );
    await registry.retract(P, ['a']);
    await registry.publish(P, [connection('c')]);
    const resumed = await take(registry.watch(P, {}, { after: second?.index ?? '' }), 2);
    assert.deepEqual(resumed.map(brief), ['retracted a', 'published c']);
  }),
  registryCase(
    'says when it cannot resume, and starts from a new set',
    async (registry) => {
      await registry.publish(P, [connection('a')]);
      const [snapshot] = await take(registry.watch(P, {}), 1);
      for (let round = 0; round < 10; round += 1) await registry.publish(P, [connection(`b${round}`)]);
      const again = await take(registry.watch(P, { pattern: 'a' }, { after: snapshot?.index ?? '' }), 2);
      assert.deepEqual(again.map(brief), ['gap', 'snapshot a']);
      const foreign = await take(registry.watch(P, { pattern: 'a' }, { after: 'another-7' }), 2);
      assert.deepEqual(foreign.map(brief), ['gap', 'snapshot a']);
    },
    { limits: { maxHistory: 4 } },
  ),
  registryCase(
    'tells a watcher that was too slow of the gap',
    async (registry) => {
      await registry.publish(P, [connection('a')]);
      const watch = registry.watch(P, {})[Symbol.asyncIterator]();
      assert.equal(((await watch.next()).value as { type: string }).type, 'snapshot');
      for (let round = 0; round < 10; round += 1) await registry.publish(P, [connection(`b${round}`)]);
      const next = [await watch.next(), await watch.next()].map(({ value }) => (value as { type: string }).type);
      assert.deepEqual(next, ['gap', 'snapshot']);
      await watch.return?.();
    },
    { limits: { maxHistory: 4 } },
  ),
  registryCase('waits for a partition that does not exist yet', async (registry) => {
    const [snapshot, rest] = await begun(registry.watch('later', {}));
    await registry.publish('later', [connection('a')]);
    assert.deepEqual([snapshot, ...(await take(rest, 1))].map(brief), ['snapshot ', 'published a']);
  }),
  registryCase('shows every change once under 8 publishers at a time', async (registry) => {
    const [snapshot, rest] = await begun(registry.watch(P, { pattern: 'w.*' }));
    const watching = take(rest, 160);
    const publisher = async (who: number): Promise<void> => {
      for (let round = 0; round < 20; round += 1) await registry.publish(P, [connection(`w${who}-${round}`)]);
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(publisher));
    const changes = (await watching).map(brief);
    assert.equal(brief(snapshot), 'snapshot ');
    assert.equal(new Set(changes).size, 160);
    assert.ok(changes.every((change) => change.startsWith('published ')));
  }),
  registryCase('shows every change once while others look up', async (registry) => {
    const [snapshot, rest] = await begun(registry.watch(P, { pattern: 'w.*' }));
    const watching = take(rest, 160);
    let over = false;
    const lookUp = async (): Promise<void> => {
      while (!over) {
        await names(registry, { pattern: 'first' });
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await registry.publish(P, [connection('first')]);
    const others = [lookUp(), lookUp(), lookUp()];
    const publisher = async (who: number): Promise<void> => {
      for (let round = 0; round < 40; round += 1) await registry.publish(P, [connection(`w${who}-${round}`)]);
    };
    await Promise.all([0, 1, 2, 3].map(publisher));
    over = true;
    await Promise.all(others);
    const changes = await watching;
    assert.equal(brief(snapshot), 'snapshot ');
    assert.deepEqual([...new Set(changes.map(({ type }) => type))], ['published']);
    assert.equal(new Set(changes.map(brief)).size, 160);
  }),
  registryCase(
    'connectivity#53: ends a watch whose pattern takes too much work on what comes',
    async (registry) => {
      const [, rest] = await begun(registry.watch(P, { pattern: '.*a.{12}.*' }));
      const uids = Array.from({ length: 40 }, (_, index) => (2 ** 20 + 7919 * index).toString(2).replaceAll('1', 'a'));
      await registry.publish(P, connectionsNamed(...uids));
      await refuses('BAD_REQUEST', take(rest, 100));
    },
    { limits: { maxPatternSteps: 5000 } },
  ),
  registryCase('ends watches by their signal, and with the registry', async (registry) => {
    const stop = new AbortController();
    const [, stopped] = await begun(registry.watch(P, {}, { signal: stop.signal }));
    const [, ended] = await begun(registry.watch(P, {}));
    const [byHand, byEnd] = [take(stopped, 1), take(ended, 1)];
    stop.abort();
    assert.deepEqual(await byHand, []);
    await registry.close();
    assert.deepEqual(await byEnd, []);
  }),
];
