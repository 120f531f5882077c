import assert from 'node:assert/strict';
import { pause } from '@millrace/protocol';
import { storeCase } from './store-case.js';
import { bytes, idsOf, numbers, texts, until } from './fixtures.js';
import { Member, members } from './group-fixtures.js';

/** Of drivers whose groups outlive `close()`. */
export const keptGroupsContract = [
  storeCase('stream-store#92: groups go on where they stood, and deliveries stay counted', async ({ store, open }) => {
    const [a] = await members(store, { after: '0', idle: 200, maxDeliveries: 2 });
    const [bad = ''] = await store.append('s', bytes('bad', 'acked', 'held', 'new'));
    const { entries } = await a.take(3);
    await store.groups.setAside(a.key, [bad], 'broken');
    await a.done(entries.slice(1, 2));
    await store.close();
    const again = await open();
    assert.deepEqual(await again.groups.open('s', 'g'), { ordered: true, idle: 200, maxDeliveries: 2 });
    const next = new Member(again, 'next');
    const held = await next.some();
    assert.deepEqual(
      held.entries.map(({ data, deliveries }) => [data.toString(), deliveries]),
      [['held', 2]],
    );
    await next.done(held.entries);
    assert.deepEqual(texts((await next.take()).entries), ['new']);
    assert.deepEqual(idsOf(await again.groups.listSetAside('s', 'g', { count: 9 })), [bad]);
    assert.equal((await again.groups.readSetAside('s', 'g', bad))?.toString(), 'bad');
  }),

  storeCase('stream-store#102: the place that a group was moved to outlives a restart', async ({ store, open }) => {
    const [a] = await members(store, { after: '0' });
    const ids = await store.append('s', numbers(4));
    await a.take(3);
    await store.groups.move('s', 'g', ids[1] as string);
    await store.close();
    assert.deepEqual(await new Member(await open(), 'next').all(), ['2', '3']);
  }),
];

/** Of drivers whose stores may be open on one storage at the same time. */
export const sharedGroupsContract = [
  storeCase('stream-store#93: consumers of several processes share a group, in order', async ({ store, open }) => {
    const other = await open();
    const [a] = await members(store, { after: '0' });
    const b = new Member(other, 'b');
    let calls = 0;
    await other.groups.watch('s', 'g', () => (calls += 1));
    const seen: string[] = [];
    const shares = [0, 0];
    const work = async (member: Member, share: 0 | 1): Promise<void> => {
      while (seen.length < 200) {
        const { entries } = await member.take(5);
        seen.push(...texts(entries));
        shares[share] = (shares[share] ?? 0) + entries.length;
        if (entries.length > 0) await member.done(entries);
        else await pause(1);
      }
    };
    await store.append('s', numbers(200));
    await Promise.all([work(a, 0), work(b, 1)]);
    assert.deepEqual(seen, numbers(200).map(String));
    assert.ok(Math.min(...shares) >= 40, JSON.stringify(shares));
    assert.ok(calls > 0);
  }),

  storeCase('stream-store#102: consumers of another process go on behind the new place', async ({ store, open }) => {
    const other = await open();
    const [a] = await members(store, { after: '0' });
    await store.append('s', numbers(3));
    assert.deepEqual(await a.all(), ['0', '1', '2']);
    let calls = 0;
    await store.groups.watch('s', 'g', () => (calls += 1));
    await other.groups.move('s', 'g', '0');
    await until('a call', () => calls > 0);
    assert.deepEqual(await a.all(), ['0', '1', '2']);
  }),
];
