import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`. */
  commandTimeout: timeoutSchema.default(2000),
};

export const REDIS_TOKEN_REVOCATIONS_OPTIONS = defineOptions('redisTokenRevocations', shape, oneWayToRedis);

/** Options of `redisTokenRevocations()`. */
export interface RedisTokenRevocationsOptions extends OptionsOf<typeof shape> {}
export type RedisTokenRevocationsSettings = SettingsOf<typeof shape>;
