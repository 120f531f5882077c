import { UserFile } from '@millrace/accounts';
import type { UserStore } from '../api/user-store.js';

export interface FileUsersOptions {
  /** The file; it need not exist yet. The command `millrace users` and `UserFile` of `@millrace/accounts` write it. */
  readonly path: string;
}

/**
 * Users of a file, their passwords as scrypt hashes. The file is read again when it has changed, so that added and
 * removed users count at once. Their removal and each new password revoke the tokens that they have, in a file beside.
 */
export function fileUsers({ path }: FileUsersOptions): UserStore {
  return new UserFile(path);
}
