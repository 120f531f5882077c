import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`; a login waits so long at most. */
  commandTimeout: timeoutSchema.default(2000),
};

export const REDIS_LOGIN_LIMITS_OPTIONS = defineOptions('redisLoginLimits', shape, oneWayToRedis);

/** Options of `redisLoginLimits()`. */
export interface RedisLoginLimitsOptions extends OptionsOf<typeof shape> {}
export type RedisLoginLimitsSettings = SettingsOf<typeof shape>;
