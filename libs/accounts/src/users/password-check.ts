import { decoyHash, verifyPassword } from './password-hash.js';
import { type StoredUser, type UserRecord, userRecordOf } from './stored-user.js';

/** Checks passwords. An unknown name is checked against a hash too: it must cost what a wrong password costs. */
export class PasswordCheck {
  private readonly decoy = decoyHash();

  /** The user if there is one and the password is right, else undefined. */
  async of(user: StoredUser | undefined, password: string): Promise<UserRecord | undefined> {
    const right = await verifyPassword(password, user?.hash ?? this.decoy);
    return user && right ? userRecordOf(user) : undefined;
  }
}
