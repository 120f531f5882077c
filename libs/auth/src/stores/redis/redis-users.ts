import { randomBytes } from 'node:crypto';
import { AccountError, type NewUser, UserFile, type UserRecord } from '@millrace/accounts';
import { makeRevocation, REVOCATION_LIMITS } from '@millrace/accounts/tokens';
import {
  byName,
  faultOfUser,
  hashNewUser,
  makeStoredUser,
  PasswordCheck,
  type StoredUser,
  userRecordOf,
  withScopes,
} from '@millrace/accounts/users';
import { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import { areaKeys, type RedisClient, RedisConnections } from '@millrace/core/redis';
import { thrownText } from '@millrace/protocol';
import { Logger } from '@nestjs/common';
import { ManagedUserStore, type User } from '../../api/user-store.js';
import { RedisUserRevocations } from './redis-user-revocations.js';
import type { RedisUsersSettings } from './redis-users.options.js';

/**
 * Puts a record in place of the one that is known, and revokes the tokens of the one before, in one step: 1 done, 0 it is
 * another by now, -1 there are too many revocations. KEYS: users, revocations by user, version. ARGV: name, record before
 * or '', record after or '', revocation or '', version, most revocations.
 */
const REPLACE = `
local name, before, after, revocation = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if (redis.call('HGET', KEYS[1], name) or '') ~= before then return 0 end
if revocation ~= '' then
  if redis.call('HEXISTS', KEYS[2], name) == 0 and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[6]) then return -1 end
  redis.call('HSET', KEYS[2], name, revocation)
  redis.call('SET', KEYS[3], ARGV[5])
end
if after == '' then redis.call('HDEL', KEYS[1], name) else redis.call('HSET', KEYS[1], name, after) end
return 1`;

/**
 * Takes users over where there are none, and none was ever removed: how many, or -1. KEYS: users, revocations by user.
 * ARGV: name, record, name, record, …
 */
const TAKE_OVER = `
if redis.call('EXISTS', KEYS[1]) + redis.call('EXISTS', KEYS[2]) > 0 then return -1 end
for index = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
return #ARGV / 2`;

const { most: MOST_REVOCATIONS, excess } = REVOCATION_LIMITS.users;

/** Two hashes by name: the records of users, and the revocations of those who were removed or got a new password. */
export class RedisUsers extends ManagedUserStore {
  override readonly operations: OperationsPart;
  override readonly path: string | undefined;
  override readonly revocations: RedisUserRevocations;
  private readonly logger = new Logger('Users');
  private readonly redis: RedisConnections<'commands'>;
  private readonly keys: readonly [users: string, revoked: string, version: string];
  private readonly passwords = new PasswordCheck();
  private readonly from: UserFile | undefined;
  /** Whether there are or have been users. */
  private hasBegun = false;

  constructor(settings: RedisUsersSettings) {
    super();
    this.redis = new RedisConnections('The store of users', settings, { commands: { shared: true } });
    this.operations = this.redis.operations;
    const key = areaKeys(this.redis.keyPrefix, 'users');
    this.keys = [key('users'), key('revoked'), key('version')];
    const [, ...ofRevocations] = this.keys;
    this.revocations = new RedisUserRevocations(ofRevocations, (work) => this.guarded(work));
    this.path = settings.from;
    this.from = settings.from === undefined ? undefined : new UserFile(settings.from);
  }

  override async verify(name: string, password: string): Promise<User | undefined> {
    await this.takeOver();
    const text = await this.recordOf(name);
    return this.passwords.of(text === '' ? undefined : this.read(name, text), password);
  }

  override async add(user: NewUser): Promise<boolean> {
    const hash = await hashNewUser(user).catch(asInvalid);
    await this.takeOver();
    for (;;) {
      const before = await this.recordOf(user.name);
      const added = makeStoredUser(user, hash, before === '' ? undefined : this.read(user.name, before));
      if (await this.replace(user.name, before, JSON.stringify(added))) return before === '';
    }
  }

  override async setScopes(name: string, scopes: readonly string[]): Promise<boolean> {
    await this.takeOver();
    for (;;) {
      const before = await this.recordOf(name);
      if (before === '') return false;
      const changed = changedScopes(this.read(name, before), scopes);
      if (await this.replace(name, before, JSON.stringify(changed))) return true;
    }
  }

  override async list(): Promise<UserRecord[]> {
    await this.takeOver();
    const texts = await this.guarded((client) => client.hgetall(this.keys[0]));
    return Object.entries(texts)
      .map(([name, text]) => userRecordOf(this.read(name, text)))
      .sort(byName);
  }

  override async remove(name: string): Promise<boolean> {
    await this.takeOver();
    for (;;) {
      const before = await this.recordOf(name);
      if (before === '') return false;
      this.read(name, before);
      if (await this.replace(name, before, '')) return true;
    }
  }

  override async close(): Promise<void> {
    this.redis.close();
  }

  /** The text of a record; '' where there is none. */
  private async recordOf(name: string): Promise<string> {
    // Half a character would be written as another one, which may be in somebody's name.
    if (Buffer.from(name).toString() !== name) return '';
    return (await this.guarded((client) => client.hget(this.keys[0], name))) ?? '';
  }

  /** False when another process has changed the record meanwhile. */
  private async replace(name: string, before: string, after: string): Promise<boolean> {
    const revocation = before === '' ? '' : JSON.stringify(makeRevocation({ user: name }, null));
    const version = randomBytes(8).toString('hex');
    const values = [name, before, after, revocation, version, MOST_REVOCATIONS];
    const done = await this.guarded((client) => client.eval(REPLACE, this.keys.length, ...this.keys, ...values));
    if (done === -1) throw new MillraceError('CONFLICT', excess);
    return done === 1;
  }

  /** Takes the users of a file over while there are none. It is looked at each time until then: they may be added meanwhile. */
  private async takeOver(): Promise<void> {
    const { from } = this;
    if (!from || this.hasBegun) return;
    const stored = await from.stored();
    const values = stored.flatMap((user) => [user.name, JSON.stringify(user)]);
    const [users, revoked] = this.keys;
    const taken = Number(await this.guarded((client) => client.eval(TAKE_OVER, 2, users, revoked, ...values)));
    this.hasBegun = taken !== 0;
    if (taken > 0)
      this.logger.log(`${taken} users of ${from.path} were taken over into Redis; the file is not read any more`);
  }

  /** @throws Error when another program has written the record: it lets nobody in. The record is not quoted */
  private read(name: string, text: string): StoredUser {
    const fault = faultIn(text, name);
    if (fault === undefined) return JSON.parse(text) as StoredUser;
    throw new Error(
      `The record of the user ${JSON.stringify(name)} in Redis, in the hash ${this.keys[0]}, is not valid: ${fault}; take it out by HDEL, and add the user anew`,
    );
  }

  /** @throws Error when another program keeps something else where the users are */
  private async guarded<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await this.redis.run(work);
    } catch (error) {
      if (!thrownText((error as Error).cause).includes('WRONGTYPE')) throw error;
      throw new Error(
        `Another program keeps something else than users in Redis, in one of ${this.keys.join(', ')}; remove it, or choose another keyPrefix`,
        { cause: error },
      );
    }
  }
}

function faultIn(text: string, name: string): string | undefined {
  try {
    const record: unknown = JSON.parse(text);
    return (
      faultOfUser(record) ?? ((record as StoredUser).name === name ? undefined : 'must have the name it is kept under')
    );
  } catch {
    // Not JSON. The error would quote the record.
    return 'must be JSON';
  }
}

function changedScopes(user: StoredUser, scopes: readonly string[]): StoredUser {
  try {
    return withScopes(user, scopes);
  } catch (error) {
    return asInvalid(error);
  }
}

function asInvalid(error: unknown): never {
  throw error instanceof AccountError ? new MillraceError('INVALID', error.message) : error;
}
