import { randomBytes } from 'node:crypto';
import type { TokenRevocation } from '@millrace/accounts';
import { isTokenRevocation, REVOCATION_LIMITS, revocationKey } from '@millrace/accounts/tokens';
import { MillraceError } from '@millrace/core/errors';
import type { OperationsPart } from '@millrace/core/ops';
import { areaKeys, RedisConnections } from '@millrace/core/redis';
import { TokenRevocations } from '../../api/token-revocations.js';
import type { RedisAuthSettings } from './redis-auth.options.js';

/**
 * Adds a revocation: 1 added, -1, -2, -3 there are too many. KEYS: records by name, ends by name, owners of single tokens by name,
 * version. ARGV: name, record up to its end, end in milliseconds or +inf, owner or '', 1 for a single token, now, version,
 * and the three limits.
 */
const ADD = `
local name, record, owner, single = ARGV[1], ARGV[2], ARGV[4], ARGV[5] == '1'
local function drop(old)
  redis.call('HDEL', KEYS[1], old)
  redis.call('ZREM', KEYS[2], old)
  redis.call('HDEL', KEYS[3], old)
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[6])) do drop(old) end
local owners = redis.call('HGETALL', KEYS[3])
local tokens, ofUser = 0, 0
for index = 1, #owners, 2 do
  if owners[index] ~= name then
    tokens = tokens + 1
    if owners[index + 1] == owner then
      if single then ofUser = ofUser + 1 else drop(owners[index]) end
    end
  end
end
if redis.call('HEXISTS', KEYS[1], name) == 0 then
  local users = redis.call('HLEN', KEYS[1]) - redis.call('HLEN', KEYS[3])
  if not single and users >= tonumber(ARGV[8]) then return -1 end
  if single and owner ~= '' and ofUser >= tonumber(ARGV[9]) then return -2 end
  if single and tokens >= tonumber(ARGV[10]) then return -3 end
end
local ends = ARGV[3]
local before = redis.call('ZSCORE', KEYS[2], name)
if before and (before == 'inf' or (ends ~= '+inf' and tonumber(before) > tonumber(ends))) then ends = before end
redis.call('ZADD', KEYS[2], ends, name)
redis.call('HSET', KEYS[1], name, record)
if single then redis.call('HSET', KEYS[3], name, owner) end
redis.call('SET', KEYS[4], ARGV[7])
local last = redis.call('ZREVRANGE', KEYS[2], 0, 0, 'WITHSCORES')[2]
for _, key in ipairs(KEYS) do
  if last == 'inf' then redis.call('PERSIST', key) else redis.call('PEXPIREAT', key, last) end
end
return 1`;

/** All at one moment. KEYS: records, ends, version. ARGV: the version that is known. */
const LIST = `
local version = redis.call('GET', KEYS[3]) or ''
if version == ARGV[1] then return { version } end
return { version, redis.call('HGETALL', KEYS[1]), redis.call('ZRANGE', KEYS[2], 0, -1, 'WITHSCORES') }`;

const { users, tokensOfUser, tokens } = REVOCATION_LIMITS;
/** In the order of the script. */
const LIMITS = [users, tokensOfUser, tokens];

type Listed = [version: string, records?: string[], ends?: string[]];

/** What a store says that has never had a revocation, or has lost all. */
const EMPTY = '';

/** Records and their ends by name, and a version by which others see that something has changed. */
export class RedisTokenRevocations extends TokenRevocations {
  override readonly operations: OperationsPart;
  private readonly redis: RedisConnections<'commands'>;
  private readonly keys: readonly [records: string, ends: string, owners: string, version: string];
  private known: { readonly version: string; readonly list: readonly TokenRevocation[] } = { version: EMPTY, list: [] };

  constructor(settings: RedisAuthSettings) {
    super();
    this.redis = new RedisConnections('The store of revoked tokens', settings, { commands: { shared: true } });
    this.operations = this.redis.operations;
    const key = areaKeys(this.redis.keyPrefix, 'revoked-tokens');
    this.keys = [key('records'), key('ends'), key('owners'), key('version')];
  }

  override async list(): Promise<readonly TokenRevocation[]> {
    const [records, ends, , changes] = this.keys;
    const { version: known } = this.known;
    const answer = await this.redis.run((client) => client.eval(LIST, 3, records, ends, changes, known));
    const [version, texts = [], times = []] = answer as Listed;
    if (version !== this.known.version) this.known = { version, list: read(texts, times) };
    return this.known.list;
  }

  override async add(revocation: TokenRevocation): Promise<void> {
    const { until, ...record } = revocation;
    const { user, token } = revocation;
    const end = until === null ? '+inf' : Date.parse(until);
    const values = [
      revocationKey(revocation),
      JSON.stringify(record),
      end,
      user ?? '',
      token === null ? 0 : 1,
      Date.now(),
    ];
    const limits = LIMITS.map(({ most }) => most);
    const version = randomBytes(8).toString('hex');
    const added = await this.redis.run((client) =>
      client.eval(ADD, this.keys.length, ...this.keys, ...values, version, ...limits),
    );
    const reached = LIMITS[-Number(added) - 1];
    if (reached) throw new MillraceError('CONFLICT', reached.excess);
  }

  override async close(): Promise<void> {
    this.redis.close();
  }
}

/** What another program has written there revokes nothing. */
function read(texts: readonly string[], times: readonly string[]): TokenRevocation[] {
  const ends = new Map(pairs(times));
  const now = Date.now();
  return pairs(texts).flatMap(([name, text]) => {
    const end = Number(ends.get(name)?.replace('inf', 'Infinity') ?? NaN);
    if (Number.isNaN(end) || end <= now) return [];
    try {
      const until = end === Infinity ? null : new Date(end).toISOString();
      const revocation: unknown = { ...(JSON.parse(text) as object), until };
      return isTokenRevocation(revocation) ? [revocation] : [];
    } catch {
      // Not JSON, or not a time.
      return [];
    }
  });
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2] ?? '', flat[index * 2 + 1] ?? '']);
}
