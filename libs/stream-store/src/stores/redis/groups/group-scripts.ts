import { RedisScript } from '@millrace/core/redis';
import { MOST_LOOKED_AT } from '../../groups/group-rules.js';
import { ASSERT_GROUP, GROUP } from './group-lua.js';

/**
 * Makes a group where there is none, and sets what is given of its settings. Further ARGV: where it begins (`$` or an ID),
 * `ordered`, `idle` and `most` or '' for each, their defaults, and the groups that a stream may have. Answers the settings, or
 * nil when there are too many groups.
 */
export const OPEN_GROUP = new RedisScript(`${GROUP}
local info = streamState()
if not kept.idle then
  if redis.call('SCARD', all) >= tonumber(ARGV[10]) then return nil end
  local last = ARGV[3]
  if last == '$' then last = info and info.last or '0-0' end
  put('last', last, 'ordered', ARGV[7], 'idle', ARGV[8], 'most', ARGV[9])
  redis.call('SADD', all, group)
  if info and not found() then begin(info, last) end
end
for index, field in ipairs({ 'ordered', 'idle', 'most' }) do
  if ARGV[3 + index] ~= '' then put(field, ARGV[3 + index]) end
end
if info and found() then
  for _, each in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local one = {}
    for index = 1, #each, 2 do one[each[index]] = each[index + 1] end
    if one.pending == 0 and one.idle > 3600000 then redis.call('XGROUP', 'DELCONSUMER', stream, group, one.name) end
  end
end
return { kept.ordered, kept.idle, kept.most }
`);

/** Moves the place of a group, and forgets what is pending. Further ARGV: behind what it goes on (`$` or an ID). */
export const MOVE_GROUP = new RedisScript(`${GROUP}${ASSERT_GROUP}
local info, last = streamState(), ARGV[3]
if last == '$' then last = info and info.last or '0-0' end
if info then
  redis.call('XGROUP', 'DESTROY', stream, group)
  begin(info, last)
end
for field in pairs(kept) do if string.sub(field, 1, 2) == 'c:' then redis.call('HDEL', state, field) end end
drop('gapAfter', 'gapFirst', 'gapBy', 'gapUntil')
put('last', last, 'freeAt', now)
tell()
return 1
`);

/**
 * Counts entries as dealt with. Further ARGV: the consumer, `1` when its gap is too, and the IDs. Answers how many it held.
 */
export const ACKNOWLEDGE = new RedisScript(`${GROUP}
if not kept.idle then return 0 end
local me, asked, ids = ARGV[3], {}, {}
for index = 5, #ARGV do asked[ARGV[index]] = true end
local all_held = heldBy(me)
for _, held in ipairs(all_held) do if asked[held[1]] then ids[#ids + 1] = held[1] end end
for from = 1, #ids, 1000 do redis.call('XACK', stream, group, unpack(ids, from, math.min(from + 999, #ids))) end
if ARGV[4] == '1' and kept.gapBy == me then drop('gapAfter', 'gapFirst', 'gapBy', 'gapUntil') end
if #all_held > #ids then put('c:' .. me, now + idle) else drop('c:' .. me) end
freed(me)
return #ids
`);

/**
 * Gives entries back. Further ARGV: the consumer, milliseconds of delay, `1` when they were not begun, `1` when the consumer
 * goes, `1` when the IDs that follow are all, and these IDs.
 */
export const RELEASE_HELD = new RedisScript(`${GROUP}
if not kept.idle then return 0 end
local me, delay, untouched, leaves, some = ARGV[3], tonumber(ARGV[4]), ARGV[5] == '1', ARGV[6] == '1', ARGV[7] == '1'
local asked, entries = {}, {}
for index = 8, #ARGV do asked[ARGV[index]] = true end
for _, held in ipairs(heldBy(me)) do
  if not some or asked[held[1]] or (ordered and #entries > 0) then
    entries[#entries + 1] = { held[1], untouched and math.max(0, held[4] - 1) or nil }
  end
end
free(entries, delay)
if not some and kept.gapBy == me then put('gapUntil', 0) end
if leaves then
  if #heldBy(me) == 0 then redis.pcall('XGROUP', 'DELCONSUMER', stream, group, me) end
  drop('c:' .. me, 'w:' .. me)
end
freed(me)
if #entries > 0 and not ordered then tell() end
return #entries
`);

/** Sets held entries aside. Further ARGV: the consumer, the reason, and the IDs. */
export const SET_ASIDE = new RedisScript(`${GROUP}${ASSERT_GROUP}
local me, asked = ARGV[3], {}
for index = 5, #ARGV do asked[ARGV[index]] = true end
for _, held in ipairs(heldBy(me)) do
  if asked[held[1]] then moveAside(held[1], held[4], me, ARGV[4]) end
end
freed(me)
return 0
`);

/** Keeps what a consumer holds. Further ARGV: the consumer. Answers the IDs. */
export const EXTEND = new RedisScript(`${GROUP}
local ids = {}
if not kept.idle then return ids end
local me = ARGV[3]
for index, held in ipairs(heldBy(me)) do ids[index] = held[1] end
if #ids > 0 then put('c:' .. me, now + idle) end
if kept.gapBy == me then put('gapUntil', now + idle) end
return ids
`);

/**
 * What is known of a group; nil when there is none. Answers settings, last ID, lag (-1 where Redis does not know it), pending,
 * set aside, dropped, for each consumer its name, what it holds, how long it has been silent, and the most deliveries of what it
 * holds; then the most deliveries of all that is pending, and the IDs from which and up to which nothing was handed out.
 */
export const DESCRIBE_GROUP = new RedisScript(`${GROUP}
if not kept.idle then return nil end
local info, own = streamState(), nil
if info then own = found() end
local lag = 0
if info and not own then lag = info.length - info.marks
elseif own then
  lag = own.lag and math.max(0, math.min(own.lag, info.length) - info.marks) or -1
  if own['last-delivered-id'] == info['last-generated-id'] or own['last-delivered-id'] == info.last then lag = 0 end
end
local from, newest = '0-0', '0-0'
if info and info.first then
  from, newest = kept.last, info.last
  local place = partsOf(from)
  if not own or isAbove(partsOf(info.first), place) or isAbove(place, partsOf(newest)) then from = info.first end
end
local attempts, attemptsOf = 0, {}
local listed = redis.pcall('XPENDING', stream, group, '-', '+', ${MOST_LOOKED_AT})
for _, each in ipairs(listed.err and {} or listed) do
  attempts = math.max(attempts, each[4])
  attemptsOf[each[2]] = math.max(attemptsOf[each[2]] or 0, each[4])
end
local consumers = {}
if own then
  for _, each in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local one = {}
    for index = 1, #each, 2 do one[each[index]] = each[index + 1] end
    if one.name ~= FREE then consumers[#consumers + 1] = { one.name, one.pending, one.idle, attemptsOf[one.name] or 0 } end
  end
end
local pending = summary()
local set = redis.call('HLEN', aside)
local dropped = tonumber(kept.dropped or '0')
return { kept.ordered, kept.idle, kept.most, kept.last, lag, pending, set, dropped, consumers, attempts, from, newest }
`);

/** Hands entries that were set aside out again. Further ARGV: the IDs. Answers those that the stream still keeps. */
export const REQUEUE = new RedisScript(`${GROUP}${ASSERT_GROUP}
local done = {}
local bytes = tonumber(kept.asideBytes or '0')
for index = 3, #ARGV do
  local id = ARGV[index]
  local known = redis.call('HGET', aside, id)
  if known and found() and #redis.call('XRANGE', stream, id, id) > 0 then
    redis.call('XCLAIM', stream, group, FREE, 0, id, 'IDLE', DAY, 'RETRYCOUNT', 0, 'FORCE', 'JUSTID')
    bytes = bytes - (cjson.decode(known).bytes or 0)
    redis.call('HDEL', aside, id)
    redis.call('HDEL', copies, id)
    done[#done + 1] = id
  end
end
put('asideBytes', bytes)
if #done > 0 then tell() end
return done
`);

/** Forgets entries that were set aside. Further ARGV: the IDs. Answers how many there were. */
export const DISCARD = new RedisScript(`${GROUP}${ASSERT_GROUP}
local gone, bytes = 0, tonumber(kept.asideBytes or '0')
for index = 3, #ARGV do
  local known = redis.call('HGET', aside, ARGV[index])
  if known then
    bytes = bytes - (cjson.decode(known).bytes or 0)
    gone = gone + redis.call('HDEL', aside, ARGV[index])
    redis.call('HDEL', copies, ARGV[index])
  end
end
put('asideBytes', bytes)
return gone
`);

/** Removes a group. Answers whether there was one. */
export const DELETE_GROUP = new RedisScript(`${GROUP}
if not kept.idle then return 0 end
redis.pcall('XGROUP', 'DESTROY', stream, group)
redis.call('DEL', state, aside, copies)
redis.call('SREM', all, group)
tell()
redis.call('EXPIRE', signal, 60)
return 1
`);
