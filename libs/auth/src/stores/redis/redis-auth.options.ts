import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`; a login or a request waits so long at most. */
  commandTimeout: timeoutSchema.default(2000),
};

export const REDIS_API_KEYS_OPTIONS = defineOptions('redisApiKeys', shape, oneWayToRedis);
export const REDIS_LOGIN_LIMITS_OPTIONS = defineOptions('redisLoginLimits', shape, oneWayToRedis);
export const REDIS_TOKEN_REVOCATIONS_OPTIONS = defineOptions('redisTokenRevocations', shape, oneWayToRedis);

/** Options of `redisApiKeys()`, `redisLoginLimits()` and `redisTokenRevocations()`. */
export interface RedisAuthOptions extends OptionsOf<typeof shape> {}
export type RedisAuthSettings = SettingsOf<typeof shape>;
