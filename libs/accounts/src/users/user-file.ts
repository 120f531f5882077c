import { dirname, join } from 'node:path';
import { RecordsFile, type RecordsFileKind } from '../files/records.js';
import { RevokedTokensFile } from '../tokens/revoked-tokens-file.js';
import { PasswordCheck } from './password-check.js';
import {
  byName,
  hashNewUser,
  makeStoredUser,
  type NewUser,
  STORED_USER,
  type StoredUser,
  type UserRecord,
  userRecordOf,
  withScopes,
} from './stored-user.js';

const KIND: RecordsFileKind<StoredUser> = {
  what: 'users',
  list: 'users',
  shape: STORED_USER,
  idOf: ({ name }) => name,
};

/**
 * Users in a file that only its owner may read, their passwords as scrypt hashes. It is replaced in one step, and read again
 * when it has changed.
 *
 * @example
 * ```ts
 * await UserFile.in('data').add({ name: 'alice', password, scopes: ['streams:read:camera*'] });
 * ```
 * @publicApi
 */
export class UserFile {
  /** Tokens that do not count any more, beside the file: those that users had before they were removed or got a new password. */
  readonly revocations: RevokedTokensFile;
  private readonly users: RecordsFile<StoredUser>;
  private readonly passwords = new PasswordCheck();

  /** @param path the file; it need not exist yet */
  constructor(readonly path: string) {
    this.users = new RecordsFile(path, KIND);
    this.revocations = RevokedTokensFile.in(dirname(path));
  }

  /** The file of users in a server's data folder (`MILLRACE_DATA_DIR`). */
  static in(folder: string): UserFile {
    return new UserFile(join(folder, 'users.json'));
  }

  /**
   * Adds a user, or gives an existing one a new password, and new scopes where they are said, which revokes the tokens of before.
   *
   * @returns whether the user is new
   * @throws AccountError when name, password or a scope cannot be taken
   */
  async add(user: NewUser): Promise<boolean> {
    const hash = await hashNewUser(user);
    return this.users.change(async (users, replace) => {
      const before = users.find(({ name }) => name === user.name);
      const added = makeStoredUser(user, hash, before);
      const after = before ? users.map((other) => (other === before ? added : other)) : [...users, added];
      await this.ending(before, () => replace(after));
      return !before;
    });
  }

  /**
   * Gives a user other scopes, which revokes the tokens of before; the password stays.
   *
   * @returns false when no user has that name
   * @throws AccountError when a scope cannot be taken
   */
  setScopes(name: string, scopes: readonly string[]): Promise<boolean> {
    return this.users.change(async (users, replace) => {
      const before = users.find((user) => user.name === name);
      if (!before) return false;
      const changed = withScopes(before, scopes);
      await this.ending(before, () => replace(users.map((user) => (user === before ? changed : user))));
      return true;
    });
  }

  /** All users, by name. */
  async list(): Promise<UserRecord[]> {
    return (await this.stored()).map(userRecordOf).sort(byName);
  }

  /** The same with their hashes, in the order of the file. */
  stored(): Promise<StoredUser[]> {
    return this.users.read();
  }

  /** Removes a user, and revokes the tokens that the user has; false when no user has that name. */
  remove(name: string): Promise<boolean> {
    return this.users.change(async (users, replace) => {
      const before = users.find((user) => user.name === name);
      if (!before) return false;
      await this.ending(before, () => replace(users.filter((user) => user !== before)));
      return true;
    });
  }

  /** The user of that name if the password is right, else undefined. */
  async verify(name: string, password: string): Promise<UserRecord | undefined> {
    return this.passwords.of((await this.users.current()).get(name), password);
  }

  /** Changes a user who is there, and revokes the tokens of before. */
  private async ending(user: StoredUser | undefined, change: () => Promise<void>): Promise<void> {
    if (!user) return change();
    // Before: a process that is killed in between leaves no token behind.
    await this.revocations.revoke({ user: user.name });
    await change();
    // After: somebody may have got one meanwhile by the old password.
    await this.revocations.revoke({ user: user.name });
  }
}
