import assert from 'node:assert/strict';
import type { NewUser } from '@millrace/accounts';
import type { ContractCase } from '@millrace/core/contract';
import type { ManagedUserStore } from '../api/user-store.js';
import { storeCases } from './store-cases.js';

/** Makes stores of the kind under test. */
export interface UserStoreSubject {
  /** An empty store that no other case has used. `again` opens the same one once more, as another process would. */
  create(): Promise<{ readonly store: ManagedUserStore; again(): Promise<ManagedUserStore> }>;
}

const storeCase = storeCases<ManagedUserStore>();

const PASSWORD = 'correct horse';
const OTHER = 'battery staple';

/** Names that a database may take for something else. */
const ODD_NAMES = ['__proto__', 'constructor', '*', 'a:b', '{a}', 'böb “the builder” 😀', 'x'.repeat(1024)];

const namesOf = async (store: ManagedUserStore): Promise<string[]> => (await store.list()).map(({ name }) => name);

/** Users all of whose tokens are revoked, each with what the revocation has and no other. */
async function revokedOf(store: ManagedUserStore): Promise<ReadonlyMap<string | null, string>> {
  return new Map((await store.revocations.list()).map(({ user, epoch }) => [user, epoch]));
}

async function assertInvalid(attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => (error as { code?: string }).code === 'INVALID');
}

/**
 * What every `ManagedUserStore` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * declareContract('my store', USER_STORE_CONTRACT, { create: async () => … }); // of @millrace/core/contract
 * ```
 * @publicApi
 */
export const USER_STORE_CONTRACT: readonly ContractCase<UserStoreSubject>[] = [
  storeCase('begins empty, and lets nobody in', async ({ store }) => {
    assert.deepEqual(await store.list(), []);
    assert.deepEqual(await store.revocations.list(), []);
    for (const name of ['', 'alice', '__proto__']) assert.equal(await store.verify(name, PASSWORD), undefined);
  }),

  storeCase('lets users in by name and password, with their scopes', async ({ store }) => {
    const scopes = ['streams:read:camera*', 'rpc'];
    assert.equal(await store.add({ name: 'alice', password: PASSWORD, scopes }), true);
    const [alice] = await store.list();
    assert.deepEqual(alice, { name: 'alice', scopes, created: alice?.created });
    assert.ok(Math.abs(Date.parse(alice.created) - Date.now()) < 3_600_000);
    assert.deepEqual(await store.verify('alice', PASSWORD), alice);
    for (const wrong of ['', 'correct horsf', 'Correct horse', `${PASSWORD} `]) {
      assert.equal(await store.verify('alice', wrong), undefined);
    }
    for (const name of ['', 'Alice', 'alice ', 'ali']) assert.equal(await store.verify(name, PASSWORD), undefined);
  }),

  storeCase('takes a password that two keyboards write in two ways', async ({ store }) => {
    await store.add({ name: 'alice', password: 'ﬁsh of Åland' });
    assert.ok(await store.verify('alice', 'fish of A\u030aland'));
  }),

  storeCase('lists users by name, whatever the name', async ({ store }) => {
    for (const name of ODD_NAMES) await store.add({ name, password: PASSWORD });
    assert.deepEqual(await namesOf(store), [...ODD_NAMES].sort());
    for (const name of ['__proto__', '{a}']) assert.equal((await store.verify(name, PASSWORD))?.name, name);
    for (const name of ODD_NAMES) assert.equal(await store.remove(name), true);
    assert.deepEqual(await store.list(), []);
    assert.deepEqual([...(await revokedOf(store)).keys()].sort(), [...ODD_NAMES].sort());
  }),

  storeCase('lets a new user do nothing until it is said', async ({ store }) => {
    await store.add({ name: 'alice', password: PASSWORD });
    assert.deepEqual((await store.verify('alice', PASSWORD))?.scopes, []);
  }),

  storeCase('gives a user a new password, and keeps scopes and time where nothing else is said', async ({ store }) => {
    await store.add({ name: 'alice', password: PASSWORD, scopes: ['rpc'] });
    const before = await store.list();
    assert.equal(await store.add({ name: 'alice', password: OTHER }), false);
    assert.equal(await store.verify('alice', PASSWORD), undefined);
    assert.deepEqual(await store.verify('alice', OTHER), before[0]);
    await store.add({ name: 'alice', password: OTHER, scopes: [] });
    assert.deepEqual(await store.list(), [{ ...before[0], scopes: [] }]);
  }),

  storeCase(
    'gives a user other scopes, keeps the password, and revokes the tokens of before',
    async ({ store, other }) => {
      await store.add({ name: 'alice', password: PASSWORD, scopes: ['rpc'] });
      const before = await store.list();
      assert.equal(await store.setScopes('alice', ['streams:read', 'rpc']), true);
      assert.deepEqual(await other.verify('alice', PASSWORD), { ...before[0], scopes: ['streams:read', 'rpc'] });
      assert.deepEqual([...(await revokedOf(other)).keys()], ['alice']);
      await assertInvalid(store.setScopes('alice', ['a b']));
      assert.equal(await store.setScopes('nobody', ['rpc']), false);
      assert.deepEqual(await namesOf(store), ['alice']);
    },
  ),

  storeCase('removes a user, and says whether there was one', async ({ store }) => {
    for (const name of ['alice', 'bob']) await store.add({ name, password: PASSWORD });
    assert.equal(await store.remove('alice'), true);
    assert.equal(await store.remove('alice'), false);
    assert.equal(await store.remove('nobody'), false);
    assert.equal(await store.verify('alice', PASSWORD), undefined);
    assert.deepEqual(await namesOf(store), ['bob']);
  }),

  storeCase('revokes the tokens of a user with each new password and the removal', async ({ store, other }) => {
    const change: NewUser = { name: 'alice', password: PASSWORD };
    await store.add(change);
    await store.add({ ...change, name: 'bob' });
    assert.deepEqual(await store.revocations.list(), []);
    const epochs: (string | undefined)[] = [];
    for (const step of [() => store.add(change), () => store.remove('alice')]) {
      await step();
      const revoked = await revokedOf(store);
      assert.deepEqual([...revoked.keys()], ['alice']);
      epochs.push(revoked.get('alice'));
      assert.deepEqual(await revokedOf(other), revoked);
    }
    assert.notEqual(epochs[0], epochs[1]);
    // Who comes anew under that name does not bring the tokens of before back.
    await store.add(change);
    assert.equal((await revokedOf(other)).get('alice'), epochs[1]);
  }),

  storeCase('gives the same list of revocations while nothing has changed', async ({ store }) => {
    await store.add({ name: 'alice', password: PASSWORD });
    await store.remove('alice');
    assert.equal(await store.revocations.list(), await store.revocations.list());
  }),

  storeCase('revokes nothing for a user who is not there', async ({ store }) => {
    await store.remove('nobody');
    assert.deepEqual(await store.revocations.list(), []);
  }),

  storeCase('refuses with INVALID what cannot be taken, and keeps nothing of it', async ({ store }) => {
    const good = { name: 'a', password: PASSWORD };
    for (const name of ['', 'a\nb', ' a', 'a ', 'x'.repeat(1025)]) await assertInvalid(store.add({ ...good, name }));
    for (const password of ['', '1234567', 'x'.repeat(1025)]) await assertInvalid(store.add({ ...good, password }));
    for (const scope of ['', 'a b', 'ä', '"']) await assertInvalid(store.add({ ...good, scopes: [scope] }));
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('shows at once what another process has changed', async ({ store, other }) => {
    assert.equal(await store.verify('alice', PASSWORD), undefined);
    await other.add({ name: 'alice', password: PASSWORD });
    assert.equal((await store.verify('alice', PASSWORD))?.name, 'alice');
    await other.add({ name: 'alice', password: OTHER });
    assert.equal(await store.verify('alice', PASSWORD), undefined);
    await other.remove('alice');
    assert.equal(await store.verify('alice', OTHER), undefined);
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('loses nothing when two processes change it at a time', async ({ store, other }) => {
    const names = Array.from({ length: 8 }, (_, index) => `user ${index}`);
    const side = (index: number): ManagedUserStore => (index % 2 ? store : other);
    await Promise.all(names.map((name, index) => side(index).add({ name, password: PASSWORD })));
    assert.deepEqual(await namesOf(store), names);
    await Promise.all([
      ...names.slice(0, 4).map((name, index) => side(index).remove(name)),
      ...names.slice(4).map((name, index) => side(index).add({ name, password: OTHER })),
    ]);
    assert.deepEqual(await namesOf(other), names.slice(4));
    assert.deepEqual([...(await revokedOf(store)).keys()].sort(), names);
  }),

  storeCase('adds a user once, however many try at a time, with one of their passwords', async ({ store, other }) => {
    const passwords = Array.from({ length: 4 }, (_, index) => `${PASSWORD} ${index}`);
    const attempts = passwords.map((password, index) => (index % 2 ? store : other).add({ name: 'alice', password }));
    assert.equal((await Promise.all(attempts)).filter(Boolean).length, 1);
    assert.deepEqual(await namesOf(store), ['alice']);
    const right = await Promise.all(passwords.map((password) => store.verify('alice', password)));
    assert.equal(right.filter(Boolean).length, 1);
  }),
];
