import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { TokenRevocation } from '@millrace/accounts';
import { makeRevocation, REVOCATION_LIMITS, revocationKey, type WhatToRevoke } from '@millrace/accounts/tokens';
import type { ContractCase } from '@millrace/core/contract';
import type { TokenRevocations } from '../api/token-revocations.js';
import { storeCases } from './store-cases.js';

/** Makes stores of the kind under test. */
export interface TokenRevocationsSubject {
  /** An empty store that no other case has used. `again` opens the same one once more, as another process would. */
  create(): Promise<{ readonly store: TokenRevocations; again(): Promise<TokenRevocations> }>;
}

const storeCase = storeCases<TokenRevocations>();

const HOUR = 3_600_000;
const inAnHour = (): number => Date.now() + HOUR;
const tokenId = (): string => randomBytes(16).toString('hex');
const revoked = (what: WhatToRevoke, until: number | null = inAnHour()): TokenRevocation => makeRevocation(what, until);

/** What a store lists, in one order. */
async function listed(store: TokenRevocations): Promise<TokenRevocation[]> {
  return inOrder(await store.list());
}

function inOrder(revocations: readonly TokenRevocation[]): TokenRevocation[] {
  return [...revocations].sort((one, other) => (revocationKey(one) < revocationKey(other) ? -1 : 1));
}

/**
 * What every `TokenRevocations` promises, one case for each promise, for any test runner.
 *
 * @example
 * ```ts
 * declareContract('my store', TOKEN_REVOCATIONS_CONTRACT, { create: async () => … }); // of @millrace/core/contract
 * ```
 * @publicApi
 */
export const TOKEN_REVOCATIONS_CONTRACT: readonly ContractCase<TokenRevocationsSubject>[] = [
  storeCase('begins empty', async ({ store }) => {
    assert.deepEqual(await store.list(), []);
  }),

  storeCase('lists what was revoked, whole', async ({ store }) => {
    const all = [
      revoked({ user: 'alice' }),
      revoked({ user: 'bob “the builder” ü\u2028', token: tokenId() }),
      revoked({ token: `urn:x:${tokenId()}` }),
      revoked({ user: '__proto__' }),
      revoked({ token: 'constructor' }, null),
      revoked({ user: 'token:alice' }),
    ];
    for (const revocation of all) await store.add(revocation);
    assert.deepEqual(await listed(store), inOrder(all));
  }),

  storeCase('keeps one for all tokens of a user, the newest', async ({ store }) => {
    const [first, second] = [revoked({ user: 'alice' }), revoked({ user: 'alice' })];
    await store.add(first);
    await store.add(second);
    assert.deepEqual(await store.list(), [{ ...second, until: laterOf(first, second) }]);
  }),

  storeCase('keeps the later end when a revocation is repeated', async ({ store }) => {
    const [long, short] = [revoked({ user: 'alice' }, Date.now() + 9 * HOUR), revoked({ user: 'alice' })];
    await store.add(long);
    await store.add(short);
    assert.deepEqual(await store.list(), [{ ...short, until: long.until }]);
    const [forGood, again] = [revoked({ user: 'bob' }, null), revoked({ user: 'bob' })];
    await store.add(forGood);
    await store.add(again);
    assert.deepEqual(await listed(store), [
      { ...short, until: long.until },
      { ...again, until: null },
    ]);
  }),

  storeCase("forgets a user's single tokens once all of the user's are revoked", async ({ store }) => {
    const stays = [revoked({ user: 'bob', token: tokenId() }), revoked({ token: tokenId() })];
    await store.add(revoked({ user: 'alice', token: tokenId() }));
    for (const revocation of stays) await store.add(revocation);
    const all = revoked({ user: 'alice' });
    await store.add(all);
    assert.deepEqual(await listed(store), inOrder([...stays, all]));
  }),

  storeCase('forgets what is over', async ({ store, other }) => {
    await store.add(revoked({ user: 'alice' }, Date.now() - 1));
    await store.add(revoked({ user: 'bob', token: tokenId() }, Date.now() - 1));
    const stays = revoked({ user: 'carol' });
    await store.add(stays);
    assert.deepEqual(await other.list(), [stays]);
    assert.deepEqual(await store.list(), [stays]);
  }),

  storeCase('lets no user fill it with single tokens, and has room for all of theirs', async ({ store }) => {
    const ids = Array.from({ length: REVOCATION_LIMITS.tokensOfUser.most }, tokenId);
    for (const token of ids) await store.add(revoked({ user: 'alice', token }));
    const isConflict = (error: unknown): boolean => (error as { code?: string }).code === 'CONFLICT';
    await assert.rejects(store.add(revoked({ user: 'alice', token: tokenId() })), isConflict);
    // Once more is not one more.
    await store.add(revoked({ user: 'alice', token: ids[0] ?? '' }));
    await store.add(revoked({ user: 'bob', token: tokenId() }));
    await store.add(revoked({ user: 'alice' }));
    assert.equal((await store.list()).length, 2);
    await store.add(revoked({ user: 'alice', token: tokenId() }));
  }),

  storeCase('shows at once what another process has revoked', async ({ store, other }) => {
    assert.deepEqual(await other.list(), []);
    const [first, second] = [revoked({ user: 'alice' }), revoked({ user: 'alice', token: tokenId() })];
    await store.add(first);
    assert.deepEqual(await other.list(), [first]);
    await other.add(second);
    assert.deepEqual(await listed(store), inOrder([first, second]));
  }),

  storeCase('loses nothing when two processes change it at a time', async ({ store, other }) => {
    const all = Array.from({ length: 12 }, (_, index) => revoked({ user: `user ${index}` }));
    await Promise.all(all.map((revocation, index) => (index % 2 ? store : other).add(revocation)));
    assert.deepEqual(await listed(store), inOrder(all));
    assert.deepEqual(await listed(other), inOrder(all));
  }),
];

function laterOf({ until: first }: TokenRevocation, { until: second }: TokenRevocation): string | null {
  return first !== null && second !== null && Date.parse(first) > Date.parse(second) ? first : second;
}
