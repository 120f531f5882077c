export { redisStore, type RedisClient, type RedisStoreOptions } from '../stores/redis/redis.driver.js';
