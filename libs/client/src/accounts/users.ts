import type { StoredUserInfo, UserInfo } from '@millrace/protocol';
import type { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';

/** What {@link Users.put} sets. */
export interface PutUser {
  /** 8 to 1024 characters; a new user must have one. @default that of before */
  readonly password?: string | undefined;
  /** Nobody can give a scope that they do not hold. @default those the user has; a new one has none, and may do nothing */
  readonly scopes?: readonly string[] | undefined;
}

/**
 * The users of a server, for those who hold the scope `users:admin`.
 *
 * @publicApi
 */
export class Users {
  /** @internal made by `connect()` */
  constructor(private readonly link: ServerLink) {}

  /** All users, by name. */
  async list(limits?: CallLimits): Promise<UserInfo[]> {
    return (await this.link.json({ path: 'users' }, limits)) as UserInfo[];
  }

  /**
   * Adds a user, or gives one who is there a new password, new scopes, or both; the tokens of before are revoked.
   *
   * @throws ForbiddenError when a scope, or what the user holds already, goes beyond the caller's
   */
  async put(name: string, { password, scopes }: PutUser, limits?: CallLimits): Promise<StoredUserInfo> {
    const body = { ...(password !== undefined && { password }), ...(scopes && { scopes }) };
    return (await this.link.json({ method: 'PUT', path: pathOf(name), body }, limits)) as StoredUserInfo;
  }

  /** Removes a user, and revokes the tokens that the user has. @throws NotFoundError when there is no such user */
  async remove(name: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'DELETE', path: pathOf(name) }, limits);
  }
}

function pathOf(name: string): string {
  return `users/${encodeURIComponent(name)}`;
}
