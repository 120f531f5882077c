import assert from 'node:assert/strict';
import type { StoredApiKey } from '@millrace/accounts';
import type { ContractCase } from '@millrace/core/contract';
import type { ApiKeyStore } from '../api/api-key-store.js';
import { storeCases } from './store-cases.js';

/** Makes stores of the kind under test. */
export interface ApiKeyStoreSubject {
  /** An empty store that no other case has used. `again` opens the same one once more, as another process would. */
  create(): Promise<{ readonly store: ApiKeyStore; again(): Promise<ApiKeyStore> }>;
}

const storeCase = storeCases<ApiKeyStore>();

let made = 0;

/** A key as the service hands it to a store; each is younger than the one before. */
export function storedApiKey(more: Partial<StoredApiKey> = {}): StoredApiKey {
  made += 1;
  return {
    id: `id${String(made).padStart(10, '0')}`,
    name: 'weather station “north”',
    scopes: ['streams:write:weather*', 'rpc'],
    created: new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString(),
    expires: null,
    lastUsed: null,
    hash: 'n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg',
    ...more,
  };
}

const at = (iso: string): number => Date.parse(iso);
const NOON = '2026-06-01T12:00:00.000Z';
const LATER = '2026-06-01T12:00:01.000Z';

/**
 * What every `ApiKeyStore` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * declareContract('my store', API_KEY_STORE_CONTRACT, { create: async () => … }); // of @millrace/core/contract
 * ```
 * @publicApi
 */
export const API_KEY_STORE_CONTRACT: readonly ContractCase<ApiKeyStoreSubject>[] = [
  storeCase('begins empty', async ({ store }) => {
    assert.deepEqual(await store.list(), []);
    assert.equal(await store.find('id'), undefined);
  }),

  storeCase('finds a key by its id, whole', async ({ store }) => {
    const key = storedApiKey({ expires: NOON });
    const other = storedApiKey();
    await store.add(key);
    await store.add(other);
    assert.deepEqual(await store.find(key.id), key);
    assert.deepEqual(await store.find(other.id), other);
  }),

  storeCase('finds nothing by ids that are not there, the names of objects too', async ({ store }) => {
    await store.add(storedApiKey());
    for (const id of ['', 'id', '__proto__', 'constructor', '*', 'id\n', 'ü'.repeat(1000)]) {
      assert.equal(await store.find(id), undefined);
    }
  }),

  storeCase('lists keys from the oldest to the youngest', async ({ store }) => {
    const [first, second, third] = [storedApiKey(), storedApiKey(), storedApiKey()];
    for (const key of [second, third, first]) await store.add(key);
    assert.deepEqual(await store.list(), [first, second, third]);
  }),

  storeCase('refuses an id twice with CONFLICT, and keeps the first', async ({ store }) => {
    const key = storedApiKey();
    await store.add(key);
    const again = store.add({ ...key, scopes: ['*'] });
    await assert.rejects(again, (error) => (error as { code?: string }).code === 'CONFLICT');
    assert.deepEqual(await store.list(), [key]);
  }),

  storeCase('revokes a key, and says whether there was one', async ({ store }) => {
    const [gone, stays] = [storedApiKey(), storedApiKey()];
    await store.add(gone);
    await store.add(stays);
    assert.equal(await store.revoke(gone.id), true);
    assert.equal(await store.revoke(gone.id), false);
    assert.equal(await store.revoke('nobody'), false);
    assert.equal(await store.find(gone.id), undefined);
    assert.deepEqual(await store.list(), [stays]);
  }),

  storeCase('keeps the latest use of each key', async ({ store }) => {
    const [often, never] = [storedApiKey(), storedApiKey()];
    await store.add(often);
    await store.add(never);
    await store.touch(new Map([[often.id, at(LATER)]]));
    await store.touch(new Map([[often.id, at(NOON)]]));
    const used = { ...often, lastUsed: LATER };
    assert.deepEqual(await store.find(often.id), used);
    assert.deepEqual(await store.list(), [used, never]);
    await store.touch(new Map());
  }),

  storeCase('does not bring a revoked key back by its last use', async ({ store }) => {
    const [gone, stays] = [storedApiKey(), storedApiKey()];
    await store.add(gone);
    await store.add(stays);
    await store.revoke(gone.id);
    await store.touch(
      new Map([
        [gone.id, at(NOON)],
        [stays.id, at(NOON)],
      ]),
    );
    assert.equal(await store.find(gone.id), undefined);
    assert.deepEqual(await store.list(), [{ ...stays, lastUsed: NOON }]);
  }),

  storeCase('forgets the last use with the key', async ({ store }) => {
    const key = storedApiKey();
    await store.add(key);
    await store.touch(new Map([[key.id, at(NOON)]]));
    await store.revoke(key.id);
    await store.add(key);
    assert.deepEqual(await store.find(key.id), key);
  }),

  storeCase('shows at once what another process has changed', async ({ store, other }) => {
    const key = storedApiKey();
    assert.equal(await other.find(key.id), undefined);
    await store.add(key);
    assert.deepEqual(await other.find(key.id), key);
    await other.touch(new Map([[key.id, at(NOON)]]));
    assert.equal((await store.find(key.id))?.lastUsed, NOON);
    await other.revoke(key.id);
    assert.equal(await store.find(key.id), undefined);
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('loses nothing when two processes change it at a time', async ({ store, other }) => {
    const keys = Array.from({ length: 12 }, () => storedApiKey());
    await Promise.all(keys.map((key, index) => (index % 2 ? store : other).add(key)));
    assert.deepEqual(await store.list(), keys);
    await Promise.all([
      ...keys.slice(0, 6).map(({ id }, index) => (index % 2 ? store : other).revoke(id)),
      ...keys.slice(6).map(({ id }, index) => (index % 2 ? store : other).touch(new Map([[id, at(NOON)]]))),
    ]);
    assert.deepEqual(
      await other.list(),
      keys.slice(6).map((key) => ({ ...key, lastUsed: NOON })),
    );
  }),

  storeCase('lets exactly one of many win who add the same id', async ({ store, other }) => {
    const key = storedApiKey();
    const attempts = Array.from({ length: 8 }, (_, index) => (index % 2 ? store : other).add(key));
    const outcomes = await Promise.allSettled(attempts);
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  }),
];

export { TOKEN_REVOCATIONS_CONTRACT, type TokenRevocationsSubject } from './token-revocations-contract.js';
export { USER_STORE_CONTRACT, type UserStoreSubject } from './user-store-contract.js';
export { LOGIN_LIMITS_CONTRACT, type LoginLimitsSubject } from './login-limits-contract.js';
