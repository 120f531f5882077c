export { redisStore } from './redis.driver.js';
export type { RedisClient, RedisStoreOptions } from './redis.options.js';
