import { RedisScript } from '@millrace/core/redis';

/** How all scripts read what may be of another type, or not what it was. */
const READING = `
local function read(...)
  local reply = redis.pcall(...)
  if type(reply) ~= 'table' or not reply.err then return reply end
  if string.find(reply.err, 'WRONGTYPE', 1, true) then return nil end
  return redis.call(...)
end
local function number(text)
  local value = text and tonumber(text)
  if value and value >= 0 and value < 9e15 then return value end
  return nil
end
local function wallTime()
  local now = redis.call('TIME')
  return tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
end
`;

/**
 * All scripts of a shard get KEYS log, count, clock, snapshot, and first ARGV version of this release, number and id of the last
 * log entry that the caller has applied, and its estimate of the time.
 *
 * `look` says how the log is: `whole`; `broken`, with a reason, when it cannot be relied on; `newer` when a later release
 * wrote in it. Nothing is copied for a caller who has applied everything, as the last command may be large, unless another
 * instance has found the log broken.
 */
const LOOK = `${READING}
local keys, applied, place = KEYS, ARGV[2], ARGV[3]
local function field(entry, name)
  for i = 1, #entry[2], 2 do if entry[2][i] == name then return entry[2][i + 1] end end
end
local function look()
  local seen = {count = number(read('GET', keys[2]) or nil), epoch = ''}
  seen.clock = read('HMGET', keys[3], 'time', 'claim')
  if seen.clock then seen.time, seen.claim = number(seen.clock[1]), seen.clock[2] end
  local held = read('HMGET', keys[4], 'count', 'v', 'epoch')
  local reach = held and number(held[1])
  if held then
    seen.reach = held[1] or ''
    seen.epoch = held[3] or ''
    if (number(held[2]) or 1) > tonumber(ARGV[1]) then return 'newer', seen end
  end
  local length = read('XLEN', keys[1])
  if not length then return 'broken', seen, 'its log is not a stream' end
  seen.news = {}
  local isKnown = reach and seen.count == tonumber(applied) and reach <= seen.count
  if length > 0 and isKnown and not seen.claim then
    if #redis.call('XRANGE', keys[1], '(' .. place, '+', 'COUNT', 1) == 0 then return 'whole', seen end
  end
  if length > 0 then
    seen.last = redis.call('XREVRANGE', keys[1], '+', '-', 'COUNT', 1)[1]
    seen.tail = number(field(seen.last, 'n'))
    if (number(field(seen.last, 'v')) or 1) > tonumber(ARGV[1]) then return 'newer', seen end
  end
  if not held then return 'broken', seen, 'its snapshot is not a hash' end
  if length == 0 then return 'broken', seen, 'its log is missing' end
  if not seen.count then return 'broken', seen, 'the number of its commands is missing' end
  if seen.tail ~= seen.count then return 'broken', seen, 'its log does not end with its last command' end
  if not reach then
    local first = redis.call('XRANGE', keys[1], '-', '+', 'COUNT', 1)[1]
    if field(first, 'n') ~= '1' then return 'broken', seen, 'its snapshot is missing' end
  elseif reach > seen.count then
    return 'broken', seen, 'its snapshot does not belong to its log'
  end
  -- One who has nothing yet begins with the snapshot.
  if applied ~= '0' then seen.news = redis.call('XRANGE', keys[1], '(' .. place, '+', 'COUNT', 100) end
  return 'whole', seen
end
`;

/** Brings the time of a log forward, after a look, and reads it: see `RegistryClock`. */
const TIME = `
local function advance(seen)
  local time = math.max(seen.time or 0, tonumber(ARGV[4]))
  if time == 0 then time = wallTime() end
  local text = string.format('%.0f', time)
  if time ~= seen.time then
    if not seen.clock then redis.call('DEL', keys[3]) end
    redis.call('HSET', keys[3], 'time', text)
  end
  return time, text
end
`;

/** In a cluster those who wait for an entry hear of it by a channel with the name of the log: ARGV[5] is `1` there. */
const ADD = `
local function add(command, text)
  local count = redis.call('INCR', keys[2])
  local id = redis.call('XADD', keys[1], '*', 'n', count, 'c', command, 't', text, 'v', ARGV[1])
  if ARGV[5] == '1' then redis.pcall('SPUBLISH', keys[1], '') end
  return string.format('%.0f', count), id
end
`;

/**
 * Asks several logs how far they are and what time it is, or appends an entry to them. Redis puts the commands of a log in their
 * order; the time of one never lies before that of another that came earlier. KEYS and ARGV are those of one log after another:
 * after ARGV[5] number and id of the last entry applied, and the entry, or nothing for a question.
 *
 * @returns for each status, reason; or `whole`, time, count, epoch, entries before it that the caller has not applied (some
 *   hundred at most), and the id of what was appended; or `failed` and the error, where that is a matter of this log alone
 */
export const CALL = new RedisScript(`${LOOK}${TIME}${ADD}
local function call(entry)
  local status, seen, reason = look()
  if status ~= 'whole' then return {status, reason or ''} end
  local _, text = advance(seen)
  if entry == '' then return {status, text, string.format('%.0f', seen.count), seen.epoch, seen.news} end
  local count, id = add(entry, text)
  return {status, text, count, seen.epoch, seen.news, id}
end
local replies = {}
for i = 0, #KEYS / 4 - 1 do
  keys = {KEYS[4 * i + 1], KEYS[4 * i + 2], KEYS[4 * i + 3], KEYS[4 * i + 4]}
  applied, place = ARGV[3 * i + 6], ARGV[3 * i + 7]
  local isDone, reply = pcall(call, ARGV[3 * i + 8])
  if not isDone then
    local text = type(reply) == 'table' and reply.err or string.gsub(tostring(reply), '^@user_script: ?%d+: %-?', '')
    if not string.find(text, '^ERR ') and not string.find(text, '^WRONGTYPE ') then return redis.error_reply(text) end
    reply = {'failed', text}
  end
  replies[i + 1] = reply
end
return replies
`);

/**
 * Appends a tick, ARGV[6], unless a command came at or after a time in ms, ARGV[7]. Every instance asks for it when something
 * is due, and one tick is enough for all.
 *
 * @returns status, reason; or `whole`, time, count, epoch, entries before it that the caller has not applied
 */
export const TICK = new RedisScript(`${LOOK}${TIME}${ADD}
local status, seen, reason = look()
if status ~= 'whole' then return {status, reason or ''} end
local time, text = advance(seen)
local head = string.format('%.0f', seen.count)
local due = tonumber(ARGV[7])
-- Commands of earlier releases carry their time in the id alone.
local last = seen.last and tonumber(field(seen.last, 't') or string.match(seen.last[1], '^%d+')) or 0
if last < due and time >= due then head = add(ARGV[6], text) end
return {status, text, head, seen.epoch, seen.news}
`);

/**
 * Puts a snapshot in place and cuts the log up to the one before it, so that instances a little behind lose nothing:
 * ARGV[6] epoch, [7] state, [8] recent commands.
 */
export const SNAPSHOT = new RedisScript(`${LOOK}
local status, seen = look()
if status ~= 'whole' or (seen.epoch ~= '' and seen.epoch ~= ARGV[6]) then return 0 end
local held = redis.call('HMGET', KEYS[4], 'count', 'id')
if held[1] and tonumber(held[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[4], 'count', ARGV[2], 'id', ARGV[3], 'state', ARGV[7], 'epoch', ARGV[6], 'recent', ARGV[8], 'v', ARGV[1])
if held[2] then redis.call('XTRIM', KEYS[1], 'MINID', held[2]) end
return 1
`);

/** Takes the lock, whatever a stranger has put there: KEYS lock; ARGV time in ms. */
export const LOCK = new RedisScript(`
if redis.call('PTTL', KEYS[1]) > 0 then return 0 end
redis.call('SET', KEYS[1], '1', 'PX', ARGV[1])
return 1
`);

/**
 * The time that was kept last, when that was by the clock of Redis, what that clock says now, and whether there is a registry
 * that it belongs to: KEYS clock, shards, log.
 */
export const KEPT_TIME = new RedisScript(`${READING}
local held = redis.pcall('HMGET', KEYS[1], 'time', 'wall')
if held.err or not tonumber(held[1] or '') or not tonumber(held[2] or '') then held = {false, false} end
return {held[1], held[2], string.format('%.0f', wallTime()), redis.call('EXISTS', KEYS[2], KEYS[3])}
`);

/** For the scripts that found a log. */
export const FOUNDING = `${LOOK}${TIME}${ADD}`;

/** The same for the table of shards, by its `KEYS[3]` and `ARGV[4]`; when that was counts too, for a start after none was there. */
export const TABLE_TIME = `${READING}
local function advance()
  local wall = wallTime()
  local kept = read('HGET', KEYS[3], 'time')
  if kept == nil then redis.call('DEL', KEYS[3]) end
  local time = math.max(number(kept) or 0, tonumber(ARGV[4]))
  if time == 0 then time = wall end
  local text = string.format('%.0f', time)
  redis.call('HSET', KEYS[3], 'time', text, 'wall', string.format('%.0f', wall))
  return time, text
end
`;
