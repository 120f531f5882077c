import assert from 'node:assert/strict';
import type { ContractCase } from '@millrace/core/contract';
import { pause } from '@millrace/protocol';
import type { LoginLimits } from '../api/login-limits.js';
import { storeCases } from './store-cases.js';

/** Makes limits of the kind under test. */
export interface LoginLimitsSubject {
  /**
   * Limits that no other case has used. `again` opens the same ones once more, as another instance would; limits that an
   * instance keeps for itself are given again.
   */
  create(): Promise<{ readonly store: LoginLimits; again(): Promise<LoginLimits> }>;
}

const limitsCase = storeCases<LoginLimits>();

const HOUR = 3_600_000;
const THREE = { limit: 3, ttl: HOUR };
const isLetThrough = async (store: LoginLimits, key: string, limit = THREE): Promise<boolean> =>
  (await store.begin(key, limit)).wait === 0;

/**
 * What every `LoginLimits` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * declareContract('my limits', LOGIN_LIMITS_CONTRACT, { create: async () => … }); // of @millrace/core/contract
 * ```
 * @publicApi
 */
export const LOGIN_LIMITS_CONTRACT: readonly ContractCase<LoginLimitsSubject>[] = [
  limitsCase('lets so many through, and says how long the next ones wait', async ({ store }) => {
    for (let attempt = 0; attempt < 3; attempt += 1) assert.equal(await isLetThrough(store, 'a'), true);
    const { wait } = await store.begin('a', THREE);
    assert.ok(wait > 0 && wait <= HOUR, String(wait));
  }),

  limitsCase('counts each key by itself, whatever it is', async ({ store }) => {
    for (const key of ['', 'a', 'A', '__proto__', 'constructor', '+/=', '{a}:b', 'x'.repeat(1000)]) {
      assert.equal(await isLetThrough(store, key, { limit: 1, ttl: HOUR }), true);
      assert.equal(await isLetThrough(store, key, { limit: 1, ttl: HOUR }), false);
    }
  }),

  limitsCase(
    'counts from the beginning of an attempt: many at a time do not slip through',
    async ({ store, other }) => {
      const attempts = Array.from({ length: 20 }, (_, index) => isLetThrough(index % 2 ? store : other, 'a'));
      assert.equal((await Promise.all(attempts)).filter(Boolean).length, 3);
    },
  ),

  limitsCase('does not count what is taken back', async ({ store }) => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const { wait, takeBack } = await store.begin('a', THREE);
      assert.equal(wait, 0);
      await takeBack();
    }
    for (let attempt = 0; attempt < 3; attempt += 1) assert.equal(await isLetThrough(store, 'a'), true);
    assert.equal(await isLetThrough(store, 'a'), false);
  }),

  limitsCase(
    'lets one through in place of one that is taken back, and none for one that was refused',
    async ({ store }) => {
      const attempts = [await store.begin('a', THREE), await store.begin('a', THREE), await store.begin('a', THREE)];
      const refused = await store.begin('a', THREE);
      await refused.takeBack();
      assert.equal(await isLetThrough(store, 'a'), false);
      await attempts[1]?.takeBack();
      assert.equal(await isLetThrough(store, 'a'), true);
      assert.equal(await isLetThrough(store, 'a'), false);
    },
  ),

  limitsCase('begins anew after its time, which those that are refused do not lengthen', async ({ store }) => {
    const short = { limit: 1, ttl: 200 };
    await store.begin('a', short);
    for (;;) {
      const { wait } = await store.begin('a', short);
      if (wait === 0) return;
      assert.ok(wait <= 200, String(wait));
      await pause(20);
    }
  }),

  limitsCase('takes nothing back that came after the time of an attempt', async ({ store }) => {
    const { takeBack } = await store.begin('a', { limit: 1, ttl: 1 });
    while (!(await isLetThrough(store, 'a', { limit: 1, ttl: HOUR }))) await pause(1);
    await takeBack();
    assert.equal(await isLetThrough(store, 'a', { limit: 1, ttl: HOUR }), false);
  }),

  limitsCase('counts what all instances let through as one', async ({ store, other }) => {
    assert.equal(await isLetThrough(store, 'a'), true);
    const attempt = await other.begin('a', THREE);
    assert.equal(await isLetThrough(store, 'a'), true);
    for (const side of [store, other]) assert.equal(await isLetThrough(side, 'a'), false);
    await attempt.takeBack();
    assert.equal(await isLetThrough(store, 'a'), true);
    assert.equal(await isLetThrough(other, 'a'), false);
  }),
];
