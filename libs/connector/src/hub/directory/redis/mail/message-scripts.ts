import { SourceScript } from '../source-script.js';

/**
 * Puts messages into the inboxes of instances: one entry for each instance, however many there are. Requests go to the instance
 * that serves their source. ARGV: own instance, bytes that may wait for an instance, number of groups of requests; for each of these
 * its source, header and data, where '' for a header only looks; then instance, header and data of further messages in turn.
 *
 * Answers two values for each group, the place and its instance or '': `unknown`, `none`, `expected`, `here`, `there`, `full`. And one
 * for each of the others: `there`; `full`, or `none` for an instance that has ended.
 *
 * A lease of two words and a digest says all. One with a further word, or none, needs a closer look.
 */
export const SEND = new SourceScript(
  ['documents', 'leases', 'expected', 'waiting', 'inbox'],
  `
local self, limit, groups = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local entries, order, reply = {}, {}, {}
local function add(instance, at)
  local entry = entries[instance]
  if not entry then
    entry = { bytes = 0, fields = {} }
    entries[instance] = entry
    order[#order + 1] = instance
  end
  if ARGV[at] == '' then return end
  local fields = entry.fields
  local count = #fields
  fields[count + 1], fields[count + 2], fields[count + 3], fields[count + 4] = 'h', ARGV[at], 'd', ARGV[at + 1]
  entry.bytes = entry.bytes + #ARGV[at] + #ARGV[at + 1]
end
local function placeOf(source, lease)
  local instance = lease and string.match(lease, '^(%S+) %S+ %S*$')
  if not instance then
    if redis.call('HEXISTS', documents, source) == 0 then return 'unknown' end
    local ends = redis.call('HGET', expected, source)
    if ends then
      local now = redis.call('TIME')
      return tonumber(ends) > tonumber(now[1]) * 1000 + tonumber(now[2]) / 1000 and 'expected' or 'none'
    end
    instance = lease and string.match(lease, '^%S+')
    if not instance then return 'none' end
  end
  return instance == self and 'here' or 'there', instance
end
if groups > 0 then
  local sources = {}
  for index = 1, groups do sources[index] = ARGV[1 + 3 * index] end
  local held = redis.call('HMGET', leases, unpack(sources))
  for index = 1, groups do
    local place, instance = placeOf(sources[index], held[index])
    if place == 'there' then add(instance, 2 + 3 * index) end
    reply[2 * index - 1], reply[2 * index] = place, instance or ''
  end
end
for at = 4 + 3 * groups, #ARGV, 3 do add(ARGV[at], at + 1) end
for _, instance in ipairs(order) do
  local entry = entries[instance]
  entry.outcome = 'there'
  if entry.bytes > 0 then
    local before = redis.call('HINCRBY', waiting, instance, entry.bytes) - entry.bytes
    if before > limit then
      redis.call('HINCRBY', waiting, instance, -entry.bytes)
      entry.outcome = 'full'
    elseif not redis.call('XADD', inbox .. ':' .. instance, 'NOMKSTREAM', '*', unpack(entry.fields)) then
      redis.call('HDEL', waiting, instance)
      entry.outcome = 'none'
    end
  end
end
for index = 1, groups do
  if reply[2 * index - 1] == 'there' then reply[2 * index - 1] = entries[reply[2 * index]].outcome end
end
for at = 4 + 3 * groups, #ARGV, 3 do reply[#reply + 1] = entries[ARGV[at]].outcome end
return reply
`,
);

/** Removes what an instance has read. ARGV: instance, id behind the last entry, bytes it has read in all. May be run twice. */
export const TRIM = new SourceScript(
  ['waiting', 'read', 'inbox'],
  `
local own = inbox .. ':' .. ARGV[1]
if redis.call('EXISTS', own) == 0 then return 0 end
local before = tonumber(redis.call('HGET', read, ARGV[1]) or 0)
if tonumber(ARGV[3]) <= before then return 0 end
redis.call('XTRIM', own, 'MINID', ARGV[2])
redis.call('HSET', read, ARGV[1], ARGV[3])
redis.call('HINCRBY', waiting, ARGV[1], string.format('%.0f', before - tonumber(ARGV[3])))
return 1
`,
);
