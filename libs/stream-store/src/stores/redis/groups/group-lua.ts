import { ASIDE, DAY_MS, TURN_MS } from '../../groups/group-rules.js';
import { END_FIELD, GREATEST_ID } from '../end-marker.js';
import { ABOVE, LAST_OF } from '../scripts.js';

/**
 * The consumer under whose name a group of Redis holds what is handed out to nobody: its entries are free once they have been
 * idle for a day, which is set when they are given back.
 */
export const FREE = 'millrace:free';

/** Answered where there is no such group. */
export const NO_GROUP = 'MILLRACENOGROUP';

/** What the keys of a group are, in this order. */
export const GROUP_KEYS = ['stream', 'state', 'aside', 'copies', 'signal', 'all'] as const;

/**
 * What every script of a group begins with. KEYS: the stream; a hash with the settings of the group, the last ID that was handed
 * out, its gap, until when each consumer keeps what it holds (`c:`) and since when each waits (`w:`); hashes of what was set
 * aside, and of the copies; a stream that tells those who wait; and the set of all groups of the stream. ARGV: the group, and
 * whether to tell on a channel of a cluster.
 *
 * What is held stands in the group that Redis itself keeps for the stream, with how often it was handed out.
 */
export const GROUP = `${LAST_OF}${ABOVE}
local stream, state, aside, copies, signal, all = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local group = ARGV[1]
local FREE, DAY, MOST = '${FREE}', ${DAY_MS}, 10000
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local kept = {}
do
  local fields = redis.call('HGETALL', state)
  for index = 1, #fields, 2 do kept[fields[index]] = fields[index + 1] end
end
local idle, most, ordered = tonumber(kept.idle), tonumber(kept.most), kept.ordered == '1'

local function put(...)
  local fields = { ... }
  for index = 1, #fields, 2 do kept[fields[index]] = tostring(fields[index + 1]) end
  redis.call('HSET', state, ...)
end

local function drop(...)
  for _, field in ipairs({ ... }) do kept[field] = nil end
  redis.call('HDEL', state, ...)
end

local function before(id)
  local ms, seq = unpack(partsOf(id))
  local function decrement(digits)
    local place = #digits
    while digits:byte(place) == 48 do place = place - 1 end
    local less = digits:sub(1, place - 1) .. string.char(digits:byte(place) - 1) .. string.rep('9', #digits - place)
    return #less > 1 and less:gsub('^0', '') or less
  end
  if seq ~= '0' then return ms .. '-' .. decrement(seq) end
  if ms == '0' then return '0-0' end
  return decrement(ms) .. '-18446744073709551615'
end

-- The stream as Redis knows it, with its ends without the mark of an end; nil where there is none.
local function streamState()
  if redis.call('EXISTS', stream) == 0 then return nil end
  local info = stateOf(stream)
  info.first = info['first-entry'] and info['first-entry'][1]
  info.last, info.ended = lastOf(stream, info)
  info.marks = info.ended and 1 or 0
  if info.ended and info.first == '${GREATEST_ID}' then info.first = nil end
  return info
end

-- Takes the mark of an end off what was read last.
local function withoutMark(entries)
  local top = entries[#entries]
  if top and top[1] == '${GREATEST_ID}' and top[2][1] == '${END_FIELD}' then
    redis.call('XACK', stream, group, top[1])
    entries[#entries] = nil
  end
  return entries
end

-- The group as Redis keeps it; nil where there is none.
local function found()
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  if groups.err then return nil end
  for _, each in ipairs(groups) do
    local one = {}
    for index = 1, #each, 2 do one[each[index]] = each[index + 1] end
    if one.name == group then return one end
  end
  return nil
end

-- Makes the group, or sets its place; with the number of entries up to there, where Redis counts them.
local function place(command, id, read)
  if read and redis.pcall('XGROUP', command, stream, group, id, 'ENTRIESREAD', read).ok then return end
  redis.call('XGROUP', command, stream, group, id)
end

-- Makes the group in Redis, behind an ID.
local function begin(info, last)
  local read = nil
  if last == '0-0' then read = 0
  elseif last == info.last and info['entries-added'] then read = info['entries-added'] - info.marks end
  place('CREATE', last, read)
end

-- How many entries are handed out, and to whom.
local function summary()
  local reply = redis.pcall('XPENDING', stream, group)
  if reply.err or reply[1] == 0 then return 0, {} end
  return reply[1], reply[4]
end

-- What a consumer holds: ID, consumer, idle time, deliveries of each.
local function heldBy(consumer)
  local reply = redis.pcall('XPENDING', stream, group, '-', '+', MOST, consumer)
  return reply.err and {} or reply
end

local function keepGap(after, first)
  if kept.gapAfter and not isAbove(partsOf(kept.gapAfter), partsOf(after)) then after = kept.gapAfter end
  -- It is told anew, also to a consumer that knows a part of it.
  put('gapAfter', after, 'gapFirst', first or '', 'gapBy', '', 'gapUntil', 0)
end

-- Entries that were handed out, and that the stream keeps no more.
local function lose(ids)
  if #ids == 0 then return end
  local lowest = ids[1]
  for _, id in ipairs(ids) do if isAbove(partsOf(lowest), partsOf(id)) then lowest = id end end
  redis.call('XACK', stream, group, unpack(ids))
  local info = streamState()
  keepGap(before(lowest), info and info.first)
end

-- Gives entries back: each a list of ID and deliveries, which stand as they are where the latter is nil.
local function free(entries, delay)
  local lost = {}
  local function give(list, count)
    local arguments = { unpack(list) }
    arguments[#arguments + 1] = 'IDLE'
    arguments[#arguments + 1] = DAY - delay
    if count then arguments[#arguments + 1] = 'RETRYCOUNT'; arguments[#arguments + 1] = count end
    arguments[#arguments + 1] = 'JUSTID'
    local done = {}
    for _, id in ipairs(redis.call('XCLAIM', stream, group, FREE, 0, unpack(arguments))) do done[id] = true end
    for _, id in ipairs(list) do if not done[id] then lost[#lost + 1] = id end end
  end
  local run, count = {}, nil
  for _, entry in ipairs(entries) do
    if #run > 0 and (count ~= entry[2] or #run >= 1000) then give(run, count); run = {} end
    run[#run + 1], count = entry[1], entry[2]
  end
  if #run > 0 then give(run, count) end
  lose(lost)
end

-- Frees what consumers hold that have been silent for too long. Answers until when another one holds something.
local function freeExpired()
  local pending, holders = summary()
  local until_ = nil
  for _, holder in ipairs(holders) do
    local name = holder[1]
    if name ~= FREE then
      local ends = tonumber(kept['c:' .. name] or '0')
      if ends > now then
        if not until_ or ends < until_ then until_ = ends end
      else
        local entries = {}
        for _, held in ipairs(heldBy(name)) do entries[#entries + 1] = { held[1] } end
        free(entries, 0)
        if tonumber(holder[2]) <= MOST then redis.call('XGROUP', 'DELCONSUMER', stream, group, name) end
        drop('c:' .. name)
      end
    end
  end
  return pending, until_
end

-- Copies an entry to those set aside, and takes it out of what is held.
local function moveAside(id, deliveries, consumer, reason)
  local entry = redis.call('XRANGE', stream, id, id)[1]
  local size, data = 0, nil
  if entry then
    for index = 1, #entry[2], 2 do if entry[2][index] == 'd' then data = entry[2][index + 1] end end
    data = data or ''
    if #data > ${ASIDE.copyBytes} then data = nil end
  end
  if data then redis.call('HSET', copies, id, data); size = #data end
  redis.call('HSET', aside, id, cjson.encode({ deliveries = deliveries, at = now, consumer = consumer, reason = reason, bytes = size }))
  redis.call('XACK', stream, group, id)
  local bytes, number = tonumber(kept.asideBytes or '0') + size, redis.call('HLEN', aside)
  if number > ${ASIDE.entries} or bytes > ${ASIDE.bytes} then
    local ids = redis.call('HKEYS', aside)
    table.sort(ids, function(a, b) return isAbove(partsOf(b), partsOf(a)) end)
    local dropped = 0
    for _, lowest in ipairs(ids) do
      if number <= ${ASIDE.entries} and bytes <= ${ASIDE.bytes} then break end
      if lowest ~= id then
        bytes = bytes - (cjson.decode(redis.call('HGET', aside, lowest)).bytes or 0)
        redis.call('HDEL', aside, lowest)
        redis.call('HDEL', copies, lowest)
        number, dropped = number - 1, dropped + 1
      end
    end
    put('dropped', tonumber(kept.dropped or '0') + dropped)
  end
  put('asideBytes', bytes)
end

-- Tells those who wait.
local function tell()
  redis.call('XADD', signal, 'MAXLEN', 1, '*', 'd', '')
  if ARGV[2] == '1' then redis.pcall('SPUBLISH', signal, '') end
end

-- To be called when a consumer has dealt with something, or given it back.
local function freed(me)
  local _, until_ = freeExpired()
  if until_ and ordered then return end
  put('freeAt', now)
  for field in pairs(kept) do
    if string.sub(field, 1, 2) == 'w:' and field ~= 'w:' .. me then return tell() end
  end
end

local TURN = ${TURN_MS}
`;

/** Refuses where there is no such group. */
export const ASSERT_GROUP = `
if not kept.idle then return redis.error_reply('${NO_GROUP}') end
`;
