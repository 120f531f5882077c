import { AccountError, assertGrantable, assertName } from '../account.error.js';
import { faultOf, isText, isTexts, type Shape } from '../files/records.js';
import { hashPassword, isPasswordHash } from './password-hash.js';

/** A user as it may be shown: without the hash. */
export interface UserRecord {
  readonly name: string;
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly created: string;
}

export interface NewUser {
  readonly name: string;
  readonly password: string;
  /**
   * For example `['streams:read:camera*']`; `['*']` is everything.
   *
   * @default those the user has; a new one has none, and may do nothing
   */
  readonly scopes?: readonly string[];
}

/** A user as a store keeps it. */
export interface StoredUser extends UserRecord {
  /** The password as a scrypt hash. */
  readonly hash: string;
}

/** The members of a stored user. */
export const STORED_USER: Shape = {
  name: [isText, 'a text'],
  hash: [(value) => typeof value === 'string' && isPasswordHash(value), 'a scrypt hash'],
  scopes: [isTexts, 'a list of texts'],
  created: [(value) => typeof value === 'string', 'a text'],
};

const MAX_NAME_LENGTH = 1024;
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 1024;

/** What is wrong with a value, as it comes out of a database; undefined when it is a stored user. No value is quoted. */
export function faultOfUser(value: unknown): string | undefined {
  return faultOf(value, STORED_USER);
}

/** What may be shown of a stored user. */
export function userRecordOf({ name, scopes, created }: StoredUser): UserRecord {
  return { name, scopes, created };
}

/** By name. */
export function byName({ name: first }: UserRecord, { name: second }: UserRecord): number {
  return first < second ? -1 : 1;
}

/**
 * Checks what is to be added, and hashes the password.
 *
 * @throws AccountError when name, password or a scope cannot be taken
 */
export async function hashNewUser({ name, password, scopes }: NewUser): Promise<string> {
  assertName('user', name, MAX_NAME_LENGTH);
  assertPassword(password);
  for (const scope of scopes ?? []) assertGrantable(scope);
  return hashPassword(password);
}

/** The user to keep, in place of the one before if there is one. @param hash of {@link hashNewUser} */
export function makeStoredUser({ name, scopes }: NewUser, hash: string, before: StoredUser | undefined): StoredUser {
  const created = before?.created ?? new Date().toISOString();
  return { name, hash, scopes: [...(scopes ?? before?.scopes ?? [])], created };
}

/** The same user with other scopes. @throws AccountError when one cannot be taken */
export function withScopes(user: StoredUser, scopes: readonly string[]): StoredUser {
  for (const scope of scopes) assertGrantable(scope);
  return { ...user, scopes: [...scopes] };
}

function assertPassword(password: string): void {
  if (password.length >= MIN_PASSWORD_LENGTH && password.length <= MAX_PASSWORD_LENGTH) return;
  throw new AccountError(`A password must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
}
