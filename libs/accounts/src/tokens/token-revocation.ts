import { randomBytes } from 'node:crypto';
import { AccountError, shortened } from '../account.error.js';
import { faultOf, isText, isTime, isTimeOrNull, type Shape } from '../files/records.js';

/** Tokens that do not count any more: one of them, or all that a user had. */
export interface TokenRevocation {
  /** Whose tokens; null where only the id of one is known. */
  readonly user: string | null;
  /** Id (`jti`) of the one token; null: all that the user had. */
  readonly token: string | null;
  /** Random. Tokens that the user gets from now on name it, which tells them from those before. */
  readonly epoch: string;
  /** When; ISO 8601. */
  readonly revoked: string;
  /** When the last token that it can concern has run out; null: not known, so it counts for good. */
  readonly until: string | null;
}

/** What to revoke. */
export type WhatToRevoke = { readonly user: string } | { readonly token: string; readonly user?: string };

const MAX_NAME_LENGTH = 1024;
/** The latest time that a date can say. */
const MAX_TIME = 8_640_000_000_000_000;
/** Longer ids are not kept, so tokens that have them go by a digest (see `@millrace/auth`). */
export const MAX_TOKEN_ID_LENGTH = 256;

/** Most revocations in one store: all users, single tokens, and single tokens of one user, who can make them. */
export const REVOCATION_LIMITS = {
  users: {
    most: 100_000,
    excess:
      'The store has 100000 users whose tokens are revoked, which is the most; change the signing key to end all tokens',
  },
  tokens: {
    most: 10_000,
    excess:
      'The store has 10000 revoked tokens, which is the most; revoke all tokens of their users instead, or change the signing key',
  },
  tokensOfUser: {
    most: 100,
    excess:
      'The user has 100 revoked tokens that have not run out, which is the most; revoke all tokens of the user instead',
  },
} as const;

const isTextOrNull = (value: unknown): boolean => value === null || isText(value);

/** The members of a kept revocation. */
export const TOKEN_REVOCATION: Shape = {
  user: [isTextOrNull, 'a text or null'],
  token: [isTextOrNull, 'a text or null'],
  epoch: [isText, 'a text'],
  revoked: [isTime, 'a time (UTC) as 2030-01-31T12:00:00Z'],
  until: [isTimeOrNull, 'a time (UTC) as 2030-01-31T12:00:00Z, or null'],
};

/** Whether a value, as it comes out of a database, is a kept revocation. */
export function isTokenRevocation(value: unknown): value is TokenRevocation {
  return faultOf(value, TOKEN_REVOCATION) === undefined;
}

/**
 * A revocation as of now.
 *
 * @param until milliseconds since 1970; null: not known
 * @throws AccountError when the name or id cannot be taken
 */
export function makeRevocation(what: WhatToRevoke, until: number | null): TokenRevocation {
  const { user = null, token = null } = { token: null, user: null, ...what };
  if (user !== null) assertLength('name of a user', user, MAX_NAME_LENGTH);
  if (token !== null) assertLength('id of a token', token, MAX_TOKEN_ID_LENGTH);
  return {
    user,
    token,
    epoch: randomBytes(8).toString('hex'),
    revoked: new Date().toISOString(),
    until: until === null || until > MAX_TIME ? null : new Date(until).toISOString(),
  };
}

/** What one revocation has and no other in a store. */
export function revocationKey({ user, token }: TokenRevocation): string {
  return token === null ? `user:${user ?? ''}` : `token:${token}`;
}

/** Whether every token that a revocation concerns has run out. @param now milliseconds since 1970 */
export function isRevocationOver({ until }: Pick<TokenRevocation, 'until'>, now: number): boolean {
  return until !== null && Date.parse(until) <= now;
}

/**
 * What a store holds once a revocation was added: without those that are over, and those of single tokens of a user all of
 * whose tokens are revoked now.
 *
 * @throws AccountError `conflict` when there are too many
 */
export function withRevocation(
  before: readonly TokenRevocation[],
  added: TokenRevocation,
  now = Date.now(),
): TokenRevocation[] {
  const key = revocationKey(added);
  const earlier = before.find((other) => revocationKey(other) === key);
  const rest = before.filter(
    (other) =>
      other !== earlier &&
      !isRevocationOver(other, now) &&
      !(added.token === null && other.token !== null && other.user === added.user),
  );
  assertRoom(rest, added);
  return [...rest, { ...added, until: later(added.until, earlier?.until) }];
}

function assertRoom(rest: readonly TokenRevocation[], { user, token }: TokenRevocation): void {
  const alike = rest.filter((other) => (other.token === null) === (token === null));
  const { users, tokens, tokensOfUser } = REVOCATION_LIMITS;
  assertBelow(token === null ? users : tokens, alike.length);
  if (token !== null && user !== null) assertBelow(tokensOfUser, alike.filter((other) => other.user === user).length);
}

function assertBelow({ most, excess }: { most: number; excess: string }, count: number): void {
  if (count >= most) throw new AccountError(excess, 'conflict');
}

/** The entry that is replaced may concern tokens that live longer. */
function later(until: string | null, other: string | null | undefined): string | null {
  if (other === undefined || until === null) return until;
  if (other === null) return null;
  return Date.parse(other) > Date.parse(until) ? other : until;
}

function assertLength(what: string, text: string, max: number): void {
  if (text.length > 0 && text.length <= max) return;
  throw new AccountError(`The ${what} must have 1 to ${max} characters; it is ${shortened(text)}`);
}
