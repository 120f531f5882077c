export { redisStore, type RedisClient, type RedisStoreOptions } from './redis.driver.js';
