import type { OperationsPart } from '@millrace/core/ops';
import { areaKeys, RedisConnections } from '@millrace/core/redis';
import { type LoginAttempt, type LoginLimit, LoginLimits } from '../../api/login-limits.js';
import type { RedisAuthSettings } from './redis-auth.options.js';

/**
 * Counts an attempt: how long to wait, 0 for not at all, and when the span ends, in milliseconds of the clock of Redis, which
 * all instances share. KEYS: counts by key, ends by key. ARGV: key, limit, span in milliseconds, most keys.
 */
const BEGIN = `
local key, span = ARGV[1], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[2], old)
  redis.call('HDEL', KEYS[1], old)
end
local ends = tonumber(redis.call('ZSCORE', KEYS[2], key) or 0)
if ends <= now then
  while redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) do redis.call('HDEL', KEYS[1], redis.call('ZPOPMIN', KEYS[2])[1]) end
  ends = now + span
  redis.call('ZADD', KEYS[2], ends, key)
  redis.call('HSET', KEYS[1], key, 0)
  for _, name in ipairs(KEYS) do
    if redis.call('PTTL', name) < span then redis.call('PEXPIRE', name, span) end
  end
end
if tonumber(redis.call('HGET', KEYS[1], key) or 0) >= tonumber(ARGV[2]) then return { ends - now, ends } end
redis.call('HINCRBY', KEYS[1], key, 1)
return { 0, ends }`;

/** Takes an attempt back while its span lasts. KEYS: counts by key, ends by key. ARGV: key, end of the span. */
const TAKE_BACK = `
if tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or 0) ~= tonumber(ARGV[2]) then return 0 end
if tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0) < 1 then return 0 end
return redis.call('HINCRBY', KEYS[1], ARGV[1], -1)`;

/** Most keys counted at a time; the one that ends next is forgotten first. */
const MAX_KEYS = 100_000;

/** A hash of counts, and a sorted set of the ends of their spans; both go when the last span is over. */
export class RedisLoginLimits extends LoginLimits {
  override readonly operations: OperationsPart;
  private readonly redis: RedisConnections<'commands'>;
  private readonly keys: readonly [counts: string, ends: string];

  constructor(settings: RedisAuthSettings) {
    super();
    this.redis = new RedisConnections('The limit of logins', settings, { commands: { shared: true } });
    this.operations = this.redis.operations;
    const key = areaKeys(this.redis.keyPrefix, 'login-limits');
    this.keys = [key('counts'), key('ends')];
  }

  override async begin(key: string, { limit, ttl }: LoginLimit): Promise<LoginAttempt> {
    const answer = await this.redis.run((client) => client.eval(BEGIN, 2, ...this.keys, key, limit, ttl, MAX_KEYS));
    const [wait, ends] = answer as [number, number];
    return {
      wait,
      takeBack: async () => {
        if (wait === 0) await this.redis.run((client) => client.eval(TAKE_BACK, 2, ...this.keys, key, ends));
      },
    };
  }

  override async close(): Promise<void> {
    this.redis.close();
  }
}
