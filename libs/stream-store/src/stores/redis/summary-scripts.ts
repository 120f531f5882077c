import { RedisScript } from '@millrace/core/redis';
import { LAST_OF } from './scripts.js';

/**
 * What Redis knows about a stream; nil when there is none, an error when the key holds something else. IDs: the last one given, the greatest of those deleted one by one,
 * and of the first and last entry where there are entries. Numbers: entries, all that were ever added (Redis counts them since
 * version 7), groups, the two of the tree, and 1 for a stream that has ended.
 */
export const DESCRIBE = `${LAST_OF}
if redis.call('EXISTS', KEYS[1]) == 0 then return nil end
local state = stateOf(KEYS[1])
local last, ended = lastOf(KEYS[1], state)
local ids = { last, state['max-deleted-entry-id'] or '0-0' }
local mark = ended and 1 or 0
local length, added = state['length'] - mark, (state['entries-added'] or state['length']) - mark
if length > 0 then
  ids[3] = state['first-entry'][1]
  ids[4] = ended and redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 2)[2][1] or state['last-entry'][1]
end
return { ids, { length, added, state['groups'], state['radix-tree-keys'], state['radix-tree-nodes'], mark } }
`;

/**
 * The numbers of many streams. KEYS: each stream with the set of its groups. Answers for each the IDs of the first and last entry
 * where there are entries, and numbers: entries, all that were ever added, groups, and 1 for a stream that has ended; '' for a
 * name without a stream.
 */
export const SUMMARIZE = new RedisScript(`${LAST_OF}
local answers = {}
for index = 1, #KEYS, 2 do
  local key, answer = KEYS[index], ''
  if redis.call('TYPE', key).ok == 'stream' then
    local state = stateOf(key)
    local _, ended = lastOf(key, state)
    local mark, ids = ended and 1 or 0, {}
    local length, added = state['length'] - mark, (state['entries-added'] or state['length']) - mark
    if length > 0 then
      ids[1] = state['first-entry'][1]
      ids[2] = ended and redis.call('XREVRANGE', key, '+', '-', 'COUNT', 2)[2][1] or state['last-entry'][1]
    end
    answer = { ids, { length, added, redis.call('SCARD', KEYS[index + 1]), mark } }
  end
  answers[#answers + 1] = answer
end
return answers
`);
