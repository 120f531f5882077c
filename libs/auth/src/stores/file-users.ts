import { type NewUser, UserFile, type UserRecord } from '@millrace/accounts';
import { ManagedUserStore, type User } from '../api/user-store.js';
import { asStoreError } from './store-error.js';

export interface FileUsersOptions {
  /** The file; it need not exist yet. This store, the command `millrace users` and `UserFile` of `@millrace/accounts` write it. */
  readonly path: string;
}

/**
 * Users of a file, their passwords as scrypt hashes. The file is read again when it has changed, so that added and
 * removed users count at once. Their removal and each new password revoke the tokens that they have, in a file beside.
 */
export function fileUsers({ path }: FileUsersOptions): ManagedUserStore {
  return new FileUsers(new UserFile(path));
}

export class FileUsers extends ManagedUserStore {
  override readonly path: string;
  override readonly revocations: UserFile['revocations'];

  constructor(private readonly file: UserFile) {
    super();
    this.path = file.path;
    this.revocations = file.revocations;
  }

  override verify(name: string, password: string): Promise<User | undefined> {
    return this.file.verify(name, password);
  }

  override add(user: NewUser): Promise<boolean> {
    return this.file.add(user).catch(asStoreError);
  }

  override setScopes(name: string, scopes: readonly string[]): Promise<boolean> {
    return this.file.setScopes(name, scopes).catch(asStoreError);
  }

  override list(): Promise<UserRecord[]> {
    return this.file.list();
  }

  override remove(name: string): Promise<boolean> {
    return this.file.remove(name).catch(asStoreError);
  }
}
