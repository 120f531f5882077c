import { RedisScript } from '@millrace/core/redis';
import { MOST_PENDING, MOST_TAKEN } from '../../groups/group-rules.js';
import { ASSERT_GROUP, GROUP } from './group-lua.js';

/**
 * Hands out what there is for a consumer. Further ARGV: the consumer, and the most entries. Answers what was set aside, then
 * `gap` with its two IDs, `wait` with milliseconds, `end` with the last ID of the stream, or `entries` with them: ID, fields and deliveries of each.
 */
export const TAKE = new RedisScript(`${GROUP}${ASSERT_GROUP}
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
  if info.ended and not earliest then return { moved, 'end', info.last } end
  return { moved, 'wait', earliest or -1 }
end
for _, entry in ipairs(news) do entry[3] = 1 end
put('last', news[#news][1])
return handOut(news)
`);
