import { defineOptions, type OptionsOf } from '@millrace/core/options';
import { isOwnKey, oneWayToRedis, redisShape } from '@millrace/core/redis';
import { z } from 'zod';

const shape = {
  ...redisShape(''),
  /** Put before every key; what has different prefixes does not meet. */
  keyPrefix: z
    .string()
    .refine((prefix) => !isOwnKey(prefix), {
      error: ({ input }) => `"${String(input)}" looks like a key that Millrace itself keeps; choose another prefix`,
    })
    .default(''),
};

/** @internal */
export const REDIS_STORE_OPTIONS = defineOptions('redisStore', shape, oneWayToRedis);

export interface RedisStoreOptions extends OptionsOf<typeof shape> {}
