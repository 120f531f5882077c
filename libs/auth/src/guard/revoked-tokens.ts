import { resolve } from 'node:path';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AccountError, type TokenRevocation } from '@millrace/accounts';
import { isRevocationOver, makeRevocation, revocationKey, type WhatToRevoke } from '@millrace/accounts/tokens';
import { MillraceError } from '@millrace/core/errors';
import type { Principal } from '@millrace/core/security';
import { thrownText } from '@millrace/protocol';
import { Shutdown } from '@millrace/core/shutdown';
import { TokenRevocations } from '../api/token-revocations.js';
import { UserStore } from '../api/user-store.js';
import { AUTH_SETTINGS, API_KEY_METHOD } from '../auth.constants.js';
import type { AuthSettings } from '../auth.options.js';
import { CredentialRevokedError } from '../engine/auth.errors.js';
import type { RevocableCredentials } from '../engine/revocable-credentials.js';
import { RevocationList } from '../engine/revocation-list.js';

/** How many looks at the stores may fail before tokens are not taken any more. */
const FAILED_LOOKS = 4;

/** One store of revocations, and what was read from it. */
interface Source {
  readonly store: Pick<TokenRevocations, 'list'>;
  last: readonly TokenRevocation[];
  known: Map<string, TokenRevocation>;
}

/**
 * Knows which tokens do not count: it keeps in memory what the stores say, and looks at them every few seconds. What was
 * revoked stays so here while it matters, also when a store has lost it.
 */
@Injectable()
export class RevokedTokens implements RevocableCredentials, OnModuleInit {
  readonly recheckInterval: number;
  private readonly logger = new Logger('Tokens');
  private readonly sources: readonly [Source, ...Source[]];
  private revocations = new RevocationList();
  /** When the last look that succeeded has begun. */
  private seenAt = -Infinity;
  private looking: Promise<void> | undefined;
  /** Added here since the look under way has begun, which may not have seen it. */
  private added: TokenRevocation[] = [];
  private failing = false;

  constructor(
    private readonly store: TokenRevocations,
    @Inject(UserStore) users: UserStore,
    @Inject(AUTH_SETTINGS) { revocations }: AuthSettings,
    shutdown: Shutdown,
  ) {
    shutdown.add({ name: 'store of revoked tokens', close: () => store.close?.() });
    this.recheckInterval = revocations.recheckInterval;
    const own = users.revocations;
    this.sources = [sourceOf(store), ...(own && !isSameFile(own, store) ? [sourceOf(own)] : [])];
  }

  async onModuleInit(): Promise<void> {
    await this.look().catch(() => undefined);
  }

  /** Those known now. */
  get list(): RevocationList {
    return this.revocations;
  }

  /** Whether the stores were seen lately. */
  get isCurrent(): boolean {
    return performance.now() - this.seenAt <= this.recheckInterval * FAILED_LOOKS;
  }

  /** Looks at the stores if that was too long ago. @throws MillraceError `UNAVAILABLE` when it is not possible */
  async assertCurrent(): Promise<void> {
    if (this.isCurrent) return;
    try {
      await this.look();
    } catch (cause) {
      throw new MillraceError('UNAVAILABLE', 'Tokens cannot be checked just now; try again later', { cause });
    }
  }

  /** Those at a moment after the call, for a login. @throws MillraceError `UNAVAILABLE` as {@link assertCurrent} */
  async fresh(): Promise<RevocationList> {
    // A look under way may have passed what counts already.
    await this.looking?.catch(() => undefined);
    await this.look().catch(() => undefined);
    await this.assertCurrent();
    return this.revocations;
  }

  /** @throws CredentialRevokedError when the token, or all tokens of its user, were revoked */
  assertHolds(principal: Principal): void {
    if (!this.revocations.holds(principal)) throw new CredentialRevokedError(principal);
  }

  concerns({ method, token }: Principal): boolean {
    return token !== undefined && method !== API_KEY_METHOD;
  }

  holds(principal: Principal): boolean {
    return this.revocations.holds(principal);
  }

  recheck(): Promise<void> {
    return this.look().catch(() => undefined);
  }

  /**
   * Revokes one token, or all of a user, for every process.
   *
   * @param until when the last token that it can concern has run out, in milliseconds since 1970
   * @throws MillraceError `INVALID` when name or id cannot be taken, `CONFLICT` when there are too many
   */
  async revoke(what: WhatToRevoke, until: number): Promise<void> {
    const revocation = make(what, until);
    await this.store.add(revocation);
    this.added.push(revocation);
    this.sources[0].known.set(revocationKey(revocation), revocation);
    this.rebuild();
  }

  /** Looks at the stores; calls at the same time share one look. */
  private look(): Promise<void> {
    this.looking ??= this.lookNow().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async lookNow(): Promise<void> {
    const began = performance.now();
    this.added = [];
    try {
      const lists = await Promise.all(this.sources.map(({ store }) => store.list()));
      this.take(lists);
    } catch (error) {
      if (!this.failing) this.logger.warn(`Revoked tokens cannot be looked up: ${thrownText(error)}`);
      this.failing = true;
      throw error;
    }
    this.failing = false;
    this.seenAt = began;
  }

  private take(lists: readonly (readonly TokenRevocation[])[]): void {
    if (this.sources.every(({ last }, index) => last === lists[index])) return;
    for (const [index, source] of this.sources.entries()) {
      source.last = lists[index] ?? [];
      source.known = merged(source.known, source.last, Date.now());
    }
    for (const revocation of this.added) this.sources[0].known.set(revocationKey(revocation), revocation);
    this.rebuild();
  }

  private rebuild(): void {
    this.revocations = new RevocationList(this.sources.flatMap(({ known }) => [...known.values()]));
  }
}

function sourceOf(store: Pick<TokenRevocations, 'list'>): Source {
  return { store, last: [], known: new Map() };
}

/** The file beside that of users is the default store too. */
function isSameFile(first: object, second: object): boolean {
  const [one, other] = [first, second].map((store) => (store as { path?: unknown }).path);
  return typeof one === 'string' && typeof other === 'string' && resolve(one) === resolve(other);
}

/** What a store lists, and what it listed before and does not list now: nothing that was revoked counts again. */
function merged(
  known: ReadonlyMap<string, TokenRevocation>,
  listed: readonly TokenRevocation[],
  now: number,
): Map<string, TokenRevocation> {
  const result = new Map(listed.map((revocation) => [revocationKey(revocation), revocation]));
  for (const [key, revocation] of known) {
    if (result.has(key) || isRevocationOver(revocation, now)) continue;
    const { user, token } = revocation;
    // All tokens of the user are revoked since then.
    if (token !== null && user !== null && result.has(`user:${user}`)) continue;
    result.set(key, revocation);
  }
  return result;
}

function make(what: WhatToRevoke, until: number): TokenRevocation {
  try {
    return makeRevocation(what, until);
  } catch (error) {
    if (error instanceof AccountError) throw new MillraceError('INVALID', error.message);
    throw error;
  }
}
