export { prefixPattern, taggedKeys, type KeyNames } from './keys.js';
export type { RedisPurpose } from './make-client.js';
export type { RedisClient } from './redis-client.js';
export { openRedis, RedisConnections } from './redis-connections.js';
export { redisError } from './redis-error.js';
export { oneWayToRedis, redisShape, type RedisConnectionOptions, type RedisSettings } from './redis.options.js';
