export { hashedPart, keySlot, tagOfSlot } from './key-slot.js';
export { areaKeys, prefixPattern } from './keys.js';
export { isOwnKey } from './own-keys.js';
export { mastersOf, nodeAddress } from './place.js';
export { oneWayToRedis, type RedisSettings, redisShape } from './redis.options.js';
export { openRedis, RedisConnections } from './redis-connections.js';
export { RedisScript } from './redis-script.js';
export { redisError, redisState } from './redis-error.js';
export type { SampleCommand } from './rights.js';
export { ShardNews } from './shard-news.js';
export { type SharedRedis, sharedRedis } from './shared-redis.js';
export {
  isCluster,
  type RedisClient,
  type RedisCluster,
  type RedisServer,
  type SharedRedisOptions,
} from './shared-redis.options.js';
