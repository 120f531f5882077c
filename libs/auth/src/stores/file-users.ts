import { UserFile } from '@millrace/accounts';
import { type User, UserStore } from '../api/user-store.js';

export interface FileUsersOptions {
  /** The file; it need not exist yet. The command `millrace users` and `UserFile` of `@millrace/accounts` write it. */
  readonly path: string;
}

class FileUsers extends UserStore {
  constructor(private readonly file: UserFile) {
    super();
  }

  override async verify(name: string, password: string): Promise<User | undefined> {
    const user = await this.file.verify(name, password);
    return user && { name: user.name, scopes: user.scopes };
  }
}

/**
 * Users of a file, their passwords as scrypt hashes. The file is read again when it has changed, so that added and
 * removed users count at once; tokens that they already have stay valid until they run out.
 */
export function fileUsers({ path }: FileUsersOptions): UserStore {
  return new FileUsers(new UserFile(path));
}

/** The same with the file of a data directory. */
export function usersIn(dataDirectory: string): UserStore {
  return new FileUsers(UserFile.in(dataDirectory));
}
