import { defineOptions, type OptionsOf, type SettingsOf, timeoutSchema } from '@millrace/core/options';
import { oneWayToRedis, redisShape } from '@millrace/core/redis';
import { z } from 'zod';

const shape = {
  ...redisShape(),
  /** How long a command may take before it fails with `UNAVAILABLE`; a login waits so long at most. */
  commandTimeout: timeoutSchema.default(2000),
  /**
   * A file of users that are taken over once, while Redis has none and has had none: for the first user, and for those from before
   * Redis. Later the file is not read.
   *
   * @default none
   */
  from: z.string().min(1).optional(),
};

export const REDIS_USERS_OPTIONS = defineOptions('redisUsers', shape, oneWayToRedis);

/** Options of `redisUsers()`. */
export interface RedisUsersOptions extends OptionsOf<typeof shape> {}
export type RedisUsersSettings = SettingsOf<typeof shape>;
