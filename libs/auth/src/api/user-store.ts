import type { OperationsPart } from '@millrace/core/ops';
import type { NewUser, UserRecord } from '@millrace/accounts';
import type { TokenRevocations } from './token-revocations.js';

/** Somebody who may have a token. */
export interface User {
  readonly name: string;
  /** Granted scopes, see `scopeCovers` of `@millrace/core`. */
  readonly scopes: readonly string[];
}

/**
 * Says who may have a token. Implement it over your own table of users; an unknown name must cost the same as a wrong
 * password.
 *
 * @publicApi
 */
export abstract class UserStore {
  /** Set by stores that production refuses. */
  readonly developmentOnly?: boolean;

  /** What the storage says of itself to those who operate the service, beside what the module says. */
  readonly operations?: OperationsPart;

  /** Tokens that the store revokes itself, with users it removes and passwords it changes; they count beside the others. */
  readonly revocations?: Pick<TokenRevocations, 'list'>;

  /** The user of that name if the password is right, else undefined. */
  abstract verify(name: string, password: string): Promise<User | undefined>;

  /** Lets go of files and connections when the application ends. */
  close?(): Promise<void>;
}

/**
 * Users that are added and removed through their store. `fileUsers()` and `redisUsers()` are two; write your own over your
 * database and try it with `USER_STORE_CONTRACT` of `@millrace/auth/testing`.
 *
 * @publicApi
 */
export abstract class ManagedUserStore extends UserStore {
  /** File to which the command `millrace-user` adds the first user, where there is one; messages name it. */
  readonly path?: string | undefined;

  /** All tokens of users who were removed, or got a new password or other scopes. */
  abstract override readonly revocations: Pick<TokenRevocations, 'list'>;

  /**
   * Adds a user, or gives one who is there a new password, and new scopes where they are said, which revokes the tokens of
   * before. A login by the old password at the same moment gets no token that counts.
   *
   * @returns whether the user is new
   * @throws MillraceError `INVALID` when name, password or a scope cannot be taken, `CONFLICT` when there are too many revocations
   */
  abstract add(user: NewUser): Promise<boolean>;

  /**
   * Gives a user other scopes, which revokes the tokens of before; the password stays.
   *
   * @returns false when no user has that name
   * @throws MillraceError `INVALID` when a scope cannot be taken, `CONFLICT` when there are too many revocations
   */
  abstract setScopes(name: string, scopes: readonly string[]): Promise<boolean>;

  /** All users, by name. */
  abstract list(): Promise<UserRecord[]>;

  /**
   * Removes a user, and revokes the tokens that the user has; false when no user has that name.
   *
   * @throws MillraceError `CONFLICT` when there are too many revocations
   */
  abstract remove(name: string): Promise<boolean>;
}
