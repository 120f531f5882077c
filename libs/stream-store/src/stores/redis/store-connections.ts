import { openRedis, type RedisConnections, type RedisSettings, type SampleCommand } from '@millrace/core/redis';
import { assertVersion } from './assert-version.js';
import { BLOCK_MS } from './tail/blocking-tail.js';
import { RedisKeys } from './redis-keys.js';

/** What the connections are for. */
const PURPOSES = { commands: {}, 'streams-tail': { blocking: BLOCK_MS } };

export type StoreConnections = RedisConnections<keyof typeof PURPOSES>;

/** Opens what a store needs; nothing is left open after an error. @throws MillraceError `UNAVAILABLE` saying what is in the way */
export async function openStoreConnections(settings: RedisSettings): Promise<StoreConnections> {
  const connections = await openRedis('The stream store', settings, PURPOSES, needs);
  try {
    await assertVersion(connections.get('commands'));
    return connections;
  } catch (error) {
    connections.close();
    throw error;
  }
}

/** What the account has to be allowed. */
function needs(keyPrefix: string): SampleCommand[] {
  const keys = new RedisKeys(keyPrefix);
  const stream = keys.stream('a');
  const metadata = keys.metadata('a');
  const positions = keys.positions('a');
  const group = keys.group('state', 'a', 'a', false);
  return [
    ['xadd', stream, '*', 'd', ''],
    ['xrange', stream, '-', '+'],
    ['xrevrange', stream, '+', '-'],
    ['xread', 'STREAMS', stream, 0],
    ['xtrim', stream, 'MAXLEN', 1],
    ['xinfo', 'STREAM', stream],
    ['xsetid', stream, 1],
    ['xgroup', 'CREATE', stream, 'a', 0],
    ['xreadgroup', 'GROUP', 'a', 'a', 'STREAMS', stream, '>'],
    ['xpending', stream, 'a'],
    ['xclaim', stream, 'a', 'a', 0, 1],
    ['xack', stream, 'a', 1],
    ['hgetall', group],
    ['hkeys', group],
    ['hmget', group, 'a'],
    ['hlen', group],
    ['sadd', group, 'a'],
    ['srem', group, 'a'],
    ['scard', group],
    ['smembers', group],
    ['expire', group, 1],
    ['persist', group],
    ['time'],
    ['type', stream],
    ['exists', stream],
    ['del', stream],
    ['get', metadata],
    ['set', metadata, ''],
    ['incr', keys.removals],
    ['hget', positions, 'a'],
    ['hdel', positions, 'a'],
    ['hset', group, 'a', ''],
    ['hexists', group, 'a'],
    ['hincrby', group, 'a', 1],
    ['hscan', group, 0],
    ['scan', 0],
    ['multi'],
    ['exec'],
    ['evalsha', 'a', 1, stream],
    ['client', 'id'],
    ['client', 'unblock', 1],
    ['info'],
  ];
}
