import { z } from 'zod';
import type { SettingsOf } from '../options/define-options.js';
import type { SharedRedis } from './shared-redis.js';
import { oneWay, SHARED_REDIS_SHAPE } from './shared-redis.options.js';

/**
 * Where Redis is, and how long it may take. A driver spreads it into the shape of its own options:
 * `{ ...redisShape(), size: … }`.
 */
export function redisShape() {
  return {
    /** What `sharedRedis()` answers: Redis as other modules use it too. In place of all options but `commandTimeout`. */
    redis: z
      .custom<SharedRedis>(
        (value) => typeof (value as Partial<SharedRedis> | null)?.take === 'function',
        'give what sharedRedis(…) answers',
      )
      .optional(),
    ...SHARED_REDIS_SHAPE,
  };
}

type DriverShape = ReturnType<typeof redisShape>;

export type RedisSettings = SettingsOf<DriverShape>;

const OWN_OF_SHARED = ['username', 'password', 'db', 'tls', 'keyPrefix'] as const;

/**
 * Lets only one way to Redis through; the third argument of `defineOptions()`.
 *
 * @example
 * ```ts
 * defineOptions('redisStore', shape, oneWayToRedis);
 * ```
 */
export function oneWayToRedis<Schema extends z.ZodType<Partial<RedisSettings>>>(schema: Schema): Schema {
  return oneWay(schema).superRefine((settings, context) => {
    if (!settings.redis) return;
    for (const option of OWN_OF_SHARED) {
      if (settings[option] === undefined) continue;
      const message = 'must not stand beside "redis", which brings its own';
      context.addIssue({ code: 'custom', path: [option], message });
    }
  });
}
