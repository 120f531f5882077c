import { versionOfFile } from '../files/private-file.js';
import { decoyHash, verifyPassword } from './password-hash.js';
import { readUserFile, type StoredUser } from './user-file.js';
import { UserStore, type User } from './user-store.js';

export interface FileUsersOptions {
  /** The file; it need not exist yet. Written by `millrace-user` and by `@millrace/auth/admin`. */
  readonly path: string;
}

class FileUsers extends UserStore {
  private version: string | undefined;
  private users: ReadonlyMap<string, StoredUser> = new Map();
  private readonly decoy = decoyHash();

  constructor(private readonly path: string) {
    super();
  }

  override async verify(name: string, password: string): Promise<User | undefined> {
    const users = await this.current();
    const user = users.get(name);
    // An unknown name is checked against a hash too: it must cost what a wrong password costs.
    const right = await verifyPassword(password, user?.hash ?? this.decoy);
    return user && right ? { name: user.name, scopes: user.scopes } : undefined;
  }

  private async current(): Promise<ReadonlyMap<string, StoredUser>> {
    const version = await versionOfFile(this.path);
    if (version !== this.version) {
      const users = await readUserFile(this.path);
      this.users = new Map(users.map((user) => [user.name, user]));
      this.version = version;
    }
    return this.users;
  }
}

/**
 * Users of a file, their passwords as scrypt hashes. The file is read again when it has changed, so that added and
 * removed users count at once; tokens which they have already live on until they run out.
 */
export function fileUsers({ path }: FileUsersOptions): UserStore {
  return new FileUsers(path);
}
