import { MOST_PENDING, MOST_TAKEN } from '../../groups/group-rules.js';
import { ASSERT_GROUP, GROUP } from './group-lua.js';
import { Script } from './script.js';

/**
 * Makes a group where there is none, and sets what is given of its settings. Further ARGV: where it begins (`$` or an ID),
 * `ordered`, `idle` and `most` or '' for each, their defaults, and the groups that a stream may have. Answers the settings, or
 * nil when there are too many groups.
 */
export const OPEN = new Script(`${GROUP}
local info = streamState()
if not kept.idle then
  if redis.call('SCARD', all) >= tonumber(ARGV[10]) then return nil end
  local start, last, read = ARGV[3], ARGV[3], nil
  if start == '$' then last = info and info.last or '0-0' end
  put('last', last, 'ordered', ARGV[7], 'idle', ARGV[8], 'most', ARGV[9])
  redis.call('SADD', all, group)
  if info and not found() then
    if last == '0-0' then read = 0
    elseif last == info.last and info['entries-added'] then read = info['entries-added'] - info.marks end
    place('CREATE', last, read)
  end
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

/**
 * Hands out what there is for a consumer. Further ARGV: the consumer, and the most entries. Answers what was set aside, then
 * `gap` with its two IDs, `wait` with milliseconds, or `entries` with them: ID, fields and deliveries of each.
 */
export const TAKE = new Script(`${GROUP}${ASSERT_GROUP}
local me, count = ARGV[3], tonumber(ARGV[4])
local moved = {}

local function waits(left)
  if ordered and not kept['w:' .. me] then put('w:' .. me, now) end
  return { moved, 'wait', left }
end

local function tellGap()
  put('gapBy', me, 'gapUntil', now + idle)
  return { moved, 'gap', kept.gapAfter, kept.gapFirst }
end

local function handOut(entries)
  put('c:' .. me, now + idle)
  if kept['w:' .. me] then drop('w:' .. me) end
  return { moved, 'entries', entries }
end

if kept.gapAfter and kept.gapBy ~= '' and kept.gapBy ~= me and tonumber(kept.gapUntil) > now then
  return waits(tonumber(kept.gapUntil) - now)
end
local info = streamState()
local own = info and found()
if not own then
  -- The stream is not there, or another one than that which the group has read.
  if kept.last ~= '0-0' then
    keepGap(kept.last, info and info.first)
    put('last', '0-0')
  end
  if info then
    place('CREATE', '0', 0)
    for _, key in ipairs({ state, aside, copies, all }) do redis.call('PERSIST', key) end
    own = found()
  end
end
if not own then
  if kept.gapAfter then return tellGap() end
  return { moved, 'wait', -1 }
end

local pending, until_ = freeExpired()
if ordered and until_ then return waits(until_ - now) end
if kept.gapAfter then return tellGap() end

-- What was handed out before: by itself, or several of which none was begun.
while true do
  local first = redis.call('XPENDING', stream, group, '-', '+', 1, FREE)[1]
  local listed = ordered and { first } or redis.call('XPENDING', stream, group, 'IDLE', DAY, '-', '+', 1, FREE)
  first = listed[1]
  if not first then break end
  if first[3] < DAY then return waits(DAY - first[3]) end
  if first[4] >= most then
    moveAside(first[1], first[4], me, 'Handed out ' .. first[4] .. ' times and never acknowledged')
    moved[#moved + 1] = first[1]
  else
    local ids, entries, lost = { first[1] }, {}, {}
    if first[4] == 0 then
      for index, each in ipairs(redis.call('XPENDING', stream, group, 'IDLE', DAY, '-', '+', count, FREE)) do
        if each[4] ~= 0 then break end
        ids[index] = each[1]
      end
    end
    for _, id in ipairs(ids) do
      local entry = redis.call('XCLAIM', stream, group, me, 0, id)[1]
      if entry then entries[#entries + 1] = { entry[1], entry[2], first[4] + 1 }
      else lost[#lost + 1] = id end
    end
    lose(lost)
    if #entries > 0 then return handOut(entries) end
    if kept.gapAfter then return tellGap() end
  end
end

if ordered then
  local left = tonumber(kept.freeAt or '0') + TURN - now
  local mine = tonumber(kept['w:' .. me] or now)
  for field, since in pairs(kept) do
    if string.sub(field, 1, 2) == 'w:' and field ~= 'w:' .. me then
      since = tonumber(since)
      if left > 0 and (since < mine or (since == mine and field < 'w:' .. me)) then return waits(left) end
      -- It has not come in time.
      if left <= 0 and since <= tonumber(kept.freeAt or '0') then redis.call('HDEL', state, field) end
    end
  end
elseif pending >= ${MOST_PENDING} then return { moved, 'wait', until_ and until_ - now or 1000 } end

-- Whether entries are gone that the group has not had.
local last, first = own['last-delivered-id'], info.first
local added, length, read = info['entries-added'], info['length'], own['entries-read']
local isGap, from, fromRead = false, nil, added and added - length
if isAbove(partsOf(last), partsOf(info['last-generated-id'])) then
  isGap, from, fromRead = true, '0-0', 0
elseif last ~= '0-0' then
  if added and read then
    isGap = added - length > read and (not first or isAbove(partsOf(first), partsOf(last)))
  else
    local removed = info['max-deleted-entry-id'] or '0-0'
    if added and added > length then removed = first or info.last end
    isGap = isAbove(partsOf(removed), partsOf(last))
  end
  from = first and before(first) or info.last
elseif added and added > length and (read or 0) < added - length then
  -- What is gone before the beginning was never asked for; but it is counted.
  place('SETID', first and before(first) or info.last, fromRead)
end
if isGap then
  place('SETID', from, fromRead)
  put('last', from)
  keepGap(last, first)
  return tellGap()
end

if most == 1 then count = 1 end
local reply = redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', math.min(count, ${MOST_TAKEN}), 'STREAMS', stream, '>')
local news = withoutMark(reply and reply[1] and reply[1][2] or {})
if #news == 0 then
  local earliest = until_ and until_ - now
  local put_off = redis.call('XPENDING', stream, group, '-', '+', 1, FREE)[1]
  if put_off and (not earliest or DAY - put_off[3] < earliest) then earliest = math.max(0, DAY - put_off[3]) end
  return { moved, 'wait', earliest or -1 }
end
for _, entry in ipairs(news) do entry[3] = 1 end
put('last', news[#news][1])
return handOut(news)
`);

/**
 * Counts entries as dealt with. Further ARGV: the consumer, `1` when its gap is too, and the IDs. Answers how many it held.
 */
export const ACKNOWLEDGE = new Script(`${GROUP}
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
export const RELEASE = new Script(`${GROUP}
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
export const SET_ASIDE = new Script(`${GROUP}${ASSERT_GROUP}
local me, asked = ARGV[3], {}
for index = 5, #ARGV do asked[ARGV[index]] = true end
for _, held in ipairs(heldBy(me)) do
  if asked[held[1]] then moveAside(held[1], held[4], me, ARGV[4]) end
end
freed(me)
return 0
`);

/** Keeps what a consumer holds. Further ARGV: the consumer. Answers the IDs. */
export const EXTEND = new Script(`${GROUP}
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
 * set aside, dropped, and for each consumer its name, what it holds, and how long it has been silent.
 */
export const DESCRIBE_GROUP = new Script(`${GROUP}
if not kept.idle then return nil end
local info, own = streamState(), nil
if info then own = found() end
local lag = 0
if info and not own then lag = info.length - info.marks
elseif own then
  lag = own.lag and math.max(0, math.min(own.lag, info.length) - info.marks) or -1
  if own['last-delivered-id'] == info['last-generated-id'] or own['last-delivered-id'] == info.last then lag = 0 end
end
local consumers = {}
if own then
  for _, each in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
    local one = {}
    for index = 1, #each, 2 do one[each[index]] = each[index + 1] end
    if one.name ~= FREE then consumers[#consumers + 1] = { one.name, one.pending, one.idle } end
  end
end
local pending = summary()
local set = redis.call('HLEN', aside)
return { kept.ordered, kept.idle, kept.most, kept.last, lag, pending, set, tonumber(kept.dropped or '0'), consumers }
`);

/** Hands entries that were set aside out again. Further ARGV: the IDs. Answers those that the stream still keeps. */
export const REQUEUE = new Script(`${GROUP}${ASSERT_GROUP}
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
export const DISCARD = new Script(`${GROUP}${ASSERT_GROUP}
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
export const DELETE_GROUP = new Script(`${GROUP}
if not kept.idle then return 0 end
redis.pcall('XGROUP', 'DESTROY', stream, group)
redis.call('DEL', state, aside, copies)
redis.call('SREM', all, group)
tell()
redis.call('EXPIRE', signal, 60)
return 1
`);
