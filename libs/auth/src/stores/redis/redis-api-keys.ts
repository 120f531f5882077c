import type { StoredApiKey } from '@millrace/accounts';
import { byAge, isStoredApiKey, MAX_API_KEYS } from '@millrace/accounts/keys';
import { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import { areaKeys, RedisConnections } from '@millrace/core/redis';
import { ApiKeyStore } from '../../api/api-key-store.js';
import type { RedisAuthSettings } from './redis-auth.options.js';

/** Adds a key: 1 added, 0 the id is taken, -1 the store is full. KEYS: keys. ARGV: id, record, most keys. */
const ADD = `
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 0 end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return -1 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])`;

/** Takes a key out with its last use. KEYS: keys, uses. ARGV: id. */
const REVOKE = `
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])`;

/** Notes last uses of keys which are there. KEYS: keys, uses. ARGV: id, milliseconds, id, milliseconds, … */
const TOUCH = `
for index = 1, #ARGV, 2 do
  local known = tonumber(redis.call('HGET', KEYS[2], ARGV[index]) or 0)
  if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 and known < tonumber(ARGV[index + 1]) then
    redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1])
  end
end
return 0`;

/** Ids in one call of a script; Redis serves nobody else meanwhile. */
const TOUCHED_AT_A_TIME = 500;

/** Two hashes: the records by id, and the last uses by id. */
export class RedisApiKeys extends ApiKeyStore {
  override readonly operations: OperationsPart;
  private readonly redis: RedisConnections<'commands'>;
  private readonly keys: string;
  private readonly uses: string;

  constructor(settings: RedisAuthSettings) {
    super();
    this.redis = new RedisConnections('The store of API keys', settings, { commands: { shared: true } });
    this.operations = this.redis.operations;
    const key = areaKeys(this.redis.keyPrefix, 'api-keys');
    this.keys = key('keys');
    this.uses = key('uses');
  }

  override async find(id: string): Promise<StoredApiKey | undefined> {
    const [text, used] = await this.redis.run((client) =>
      Promise.all([client.hget(this.keys, id), client.hget(this.uses, id)]),
    );
    return text === null ? undefined : read(text, used);
  }

  override async list(): Promise<StoredApiKey[]> {
    const [texts, uses] = await this.redis.run((client) =>
      Promise.all([client.hgetall(this.keys), client.hgetall(this.uses)]),
    );
    return Object.entries(texts)
      .flatMap(([id, text]) => read(text, uses[id] ?? null) ?? [])
      .sort(byAge);
  }

  override async add(key: StoredApiKey): Promise<void> {
    const { lastUsed, ...record } = key;
    const text = JSON.stringify(record);
    const added = await this.redis.run((client) => client.eval(ADD, 1, this.keys, key.id, text, MAX_API_KEYS));
    if (added === 0) throw new MillraceError('CONFLICT', `There is already a key with the id ${key.id}`);
    if (added === -1)
      throw new MillraceError('CONFLICT', `The store has ${MAX_API_KEYS} keys, which is the most; revoke some first`);
    if (lastUsed !== null) await this.touch(new Map([[key.id, Date.parse(lastUsed)]]));
  }

  override async revoke(id: string): Promise<boolean> {
    return (await this.redis.run((client) => client.eval(REVOKE, 2, this.keys, this.uses, id))) === 1;
  }

  override async touch(uses: ReadonlyMap<string, number>): Promise<void> {
    const all = [...uses];
    for (let from = 0; from < all.length; from += TOUCHED_AT_A_TIME) {
      const some = all.slice(from, from + TOUCHED_AT_A_TIME).flat();
      await this.redis.run((client) => client.eval(TOUCH, 2, this.keys, this.uses, ...some));
    }
  }

  override async close(): Promise<void> {
    this.redis.close();
  }
}

/** A record of another program is not a key: it lets nobody in. */
function read(text: string, used: string | null): StoredApiKey | undefined {
  try {
    const lastUsed = used === null ? null : new Date(Number(used)).toISOString();
    const key: unknown = { ...(JSON.parse(text) as object), lastUsed };
    return isStoredApiKey(key) ? key : undefined;
  } catch {
    // Not JSON. The error would quote the record.
    return undefined;
  }
}
