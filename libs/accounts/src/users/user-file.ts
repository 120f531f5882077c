import { dirname, join } from 'node:path';
import { AccountError, assertName, assertGrantable } from '../account.error.js';
import { isText, isTexts, RecordsFile, type RecordsFileKind } from '../files/records.js';
import { RevokedTokensFile } from '../tokens/revoked-tokens-file.js';
import { decoyHash, hashPassword, isPasswordHash, verifyPassword } from './password-hash.js';

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

interface StoredUser extends UserRecord {
  readonly hash: string;
}

const KIND: RecordsFileKind<StoredUser> = {
  what: 'users',
  list: 'users',
  shape: {
    name: [isText, 'a text'],
    hash: [(value) => typeof value === 'string' && isPasswordHash(value), 'a scrypt hash'],
    scopes: [isTexts, 'a list of texts'],
    created: [(value) => typeof value === 'string', 'a text'],
  },
  idOf: ({ name }) => name,
};
const MAX_NAME_LENGTH = 1024;
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 1024;

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
  private readonly decoy = decoyHash();

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
  async add({ name, password, scopes }: NewUser): Promise<boolean> {
    assertName('user', name, MAX_NAME_LENGTH);
    assertPassword(password);
    for (const scope of scopes ?? []) assertGrantable(scope);
    const hash = await hashPassword(password);
    return this.users.change(async (users, replace) => {
      const before = users.find((user) => user.name === name);
      const created = before?.created ?? new Date().toISOString();
      const user: StoredUser = { name, hash, scopes: [...(scopes ?? before?.scopes ?? [])], created };
      const after = before ? users.map((other) => (other === before ? user : other)) : [...users, user];
      await this.ending(before, () => replace(after));
      return !before;
    });
  }

  /** All users, by name. */
  async list(): Promise<UserRecord[]> {
    return (await this.users.read())
      .map(({ name, scopes, created }) => ({ name, scopes, created }))
      .sort((first, second) => (first.name < second.name ? -1 : 1));
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
    const user = (await this.users.current()).get(name);
    // An unknown name is checked against a hash too: it must cost what a wrong password costs.
    const right = await verifyPassword(password, user?.hash ?? this.decoy);
    return user && right ? { name: user.name, scopes: user.scopes, created: user.created } : undefined;
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

function assertPassword(password: string): void {
  if (password.length >= MIN_PASSWORD_LENGTH && password.length <= MAX_PASSWORD_LENGTH) return;
  throw new AccountError(`A password must have ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
}
