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

  /** Tokens that the store revokes itself, with users it removes and passwords it changes; they count beside the others. */
  readonly revocations?: Pick<TokenRevocations, 'list'>;

  /** The user of that name if the password is right, else undefined. */
  abstract verify(name: string, password: string): Promise<User | undefined>;
}
