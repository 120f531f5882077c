import { type areaKeys, RedisScript } from '@millrace/core/redis';

/** Names the keys of the sources. */
export type SourceKeys = ReturnType<typeof areaKeys>;

/** Keys of all scripts, in this order. Columns are hashes by the names of sources; the last three begin the names of further keys. */
const NAMES = [
  'documents',
  /** Number of the change that made the document. */
  'revisions',
  /** `<instance> <session> <digest of the secret>`, and ` ?` where more has to be known: a claim is expected, or the source was deleted. */
  'leases',
  /** A sorted set: until when the lease of each instance lasts, in milliseconds by the clock of Redis. */
  'instances',
  /** Until when the claim is waited for that a session was asked for. It stays until the claim. */
  'expected',
  /** When the source got or lost its connector, or was created. */
  'since',
  /** `<time> <text>` */
  'errors',
  'notifications',
  'publishes',
  'queries',
  /** Sessions that have got the source. */
  'claims',
  /** Open queries of the session. */
  'open',
  /** JSON: the notifications that were delivered, as marks. */
  'delivered',
  /** Bytes of the kept notifications. */
  'kept-bytes',
  /** Changes of documents so far. */
  'changes',
  /** Bytes that wait for each instance. */
  'waiting',
  /** Bytes that each instance has read so far, and which wait no more. */
  'read',
  /** A stream for each instance: what others want of it. */
  'inbox',
  /** A list for each source: `<bytes>:<JSON>` of each kept notification. */
  'kept',
  /** The last batch of changes of each process. */
  'batch',
] as const;

export type SourceKeyName = (typeof NAMES)[number];

/** The keys for a script. */
export function sourceKeys(key: SourceKeys): readonly string[] {
  return NAMES.map(key);
}

/** The stream of what others want of an instance. */
export function inboxKey(key: SourceKeys, instance: string): string {
  return `${key('inbox')}:${instance}`;
}

/** The newest kept notifications of a source. */
export function keptKey(key: SourceKeys, source: string): string {
  return `${key('kept')}:${source}`;
}

/** Begins a script that gets these keys: under their names. */
export function namedKeys(names: readonly SourceKeyName[]): string {
  return `local ${names.map((name) => name.replace('-', '_')).join(', ')} = unpack(KEYS)`;
}

/** Begins each script: names of the keys, the time, and who has a source. */
export const PRELUDE = `
${namedKeys(NAMES)}
local function clock()
  local now = redis.call('TIME')
  return tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
end
local function text(number) return string.format('%.0f', number) end
local at = clock()
local function isAlive(instance)
  local ends = redis.call('ZSCORE', instances, instance)
  return ends and tonumber(ends) > at
end
local function holderOf(source)
  local lease = redis.call('HGET', leases, source)
  if not lease then return nil end
  local instance, session, secret = string.match(lease, '^(%S+) (%S+) (%S*)')
  return { instance = instance, session = session, secret = secret, alive = instance and isAlive(instance) }
end
local function look(source, held)
  redis.call('HSET', leases, source, held.instance .. ' ' .. held.session .. ' ' .. held.secret .. ' ?')
end
local function tell(source, message, self)
  local held = holderOf(source)
  if held and held.alive and held.instance ~= self then
    message.source = source
    local header = '[[' .. cjson.encode(message) .. ',0]]'
    if redis.call('XADD', inbox .. ':' .. held.instance, 'NOMKSTREAM', '*', 'h', header, 'd', '') then
      redis.call('HINCRBY', waiting, held.instance, #header)
    end
  end
end
`;

/** Takes an instance out, whose leases ended at a time. */
const BURY = `
local function bury(dead)
  local all = redis.call('HGETALL', leases)
  for index = 1, #all, 2 do
    local ends = dead[string.match(all[index + 1], '^%S+')]
    if ends then
      redis.call('HDEL', leases, all[index])
      redis.call('HDEL', open, all[index])
      redis.call('HSET', since, all[index], text(ends))
    end
  end
  for instance in pairs(dead) do
    redis.call('ZREM', instances, instance)
    redis.call('HDEL', waiting, instance)
    redis.call('HDEL', read, instance)
    redis.call('DEL', inbox .. ':' .. instance)
  end
end
`;

/**
 * Prolongs the lease of an instance, and takes out those whose leases are over. ARGV: instance, milliseconds, 1 to begin or 0,
 * the instance that this one was before or ''. Answers nil where its lease was over, or else the time and the instances.
 */
export const KEEP_LEASES = new RedisScript(`${PRELUDE}${BURY}
local self, begins, former = ARGV[1], ARGV[3] == '1', ARGV[4]
local living, dead, isLiving = { self }, {}, begins
local all = redis.call('ZRANGE', instances, 0, -1, 'WITHSCORES')
for index = 1, #all, 2 do
  local instance, ends = all[index], tonumber(all[index + 1])
  if instance == self then isLiving = ends > at
  elseif instance == former or ends <= at then dead[instance] = math.min(at, ends)
  else living[#living + 1] = instance end
end
if not isLiving then return nil end
redis.call('ZADD', instances, text(at + tonumber(ARGV[2])), self)
local own = inbox .. ':' .. self
if redis.call('EXISTS', own) == 0 then redis.call('XADD', own, '*', 'h', '', 'd', '') end
if next(dead) then bury(dead) end
return { text(at), living }
`);

/** Takes out an instance that ends. ARGV: instance. */
export const LEAVE = `${PRELUDE}${BURY}
bury({ [ARGV[1]] = at })
return 1
`;

/**
 * Gives a source to a session. ARGV: source, instance, session, digest of its secret or ''. Answers `lapsed`, `unknown` or `served`;
 * or `claimed`, document, revision, marks of delivered notifications.
 */
export const CLAIM = `${PRELUDE}
local source, instance, session, secret = unpack(ARGV)
if not isAlive(instance) then return { 'lapsed' } end
local document = redis.call('HGET', documents, source)
if not document then return { 'unknown' } end
local held = holderOf(source)
if held and held.alive and held.session ~= session and (secret == '' or held.secret ~= secret) then return { 'served' } end
if held and held.session ~= session then
  redis.call('HDEL', open, source)
  tell(source, { kind = 'replaced', session = held.session }, instance)
end
if not held or held.session ~= session then redis.call('HINCRBY', claims, source, 1) end
redis.call('HSET', leases, source, instance .. ' ' .. session .. ' ' .. secret)
redis.call('HDEL', expected, source)
redis.call('HSET', since, source, text(at))
return {
  'claimed', document, redis.call('HGET', revisions, source) or '0', redis.call('HGET', delivered, source) or '[]'
}
`;

/** ARGV: source, session. */
export const RELEASE_SOURCE = `${PRELUDE}
local held = holderOf(ARGV[1])
if not held or held.session ~= ARGV[2] then return 0 end
redis.call('HDEL', leases, ARGV[1])
redis.call('HDEL', open, ARGV[1])
redis.call('HSET', since, ARGV[1], text(at))
return 1
`;

/** Waits for a claim that a session was asked for. ARGV: source, session, milliseconds. */
export const EXPECT = `${PRELUDE}
local held = holderOf(ARGV[1])
if not held or held.session ~= ARGV[2] or redis.call('HEXISTS', documents, ARGV[1]) == 0 then return 0 end
redis.call('HSET', expected, ARGV[1], text(at + tonumber(ARGV[3])))
look(ARGV[1], held)
return 1
`;

/** Keeps a document. ARGV: source, document, 1 to keep one that is there or 0, own instance or ''. Answers the number of the change, or 0. */
export const PUT = `${PRELUDE}
local source = ARGV[1]
if ARGV[3] == '1' and redis.call('HEXISTS', documents, source) == 1 then return 0 end
local change = redis.call('INCR', changes)
redis.call('HSET', documents, source, ARGV[2])
redis.call('HSET', revisions, source, change)
redis.call('HSETNX', since, source, text(at))
tell(source, { kind = 'configured', revision = change }, ARGV[4])
return change
`;

/** Deletes a source. ARGV: source, own instance or ''. Answers whether it was there, and the number of the change. */
export const DELETE = `${PRELUDE}
local source = ARGV[1]
local existed = redis.call('HDEL', documents, source)
local change = redis.call('INCR', changes)
for _, column in ipairs({ revisions, expected, since, errors, notifications, publishes, queries, claims, delivered, kept_bytes }) do
  redis.call('HDEL', column, source)
end
redis.call('DEL', kept .. ':' .. source)
local held = holderOf(source)
if held then look(source, held) end
tell(source, { kind = 'deleted', revision = change }, ARGV[2])
return { existed, change }
`;
