import type { RedisClient } from '@millrace/core/redis';
import { HEAD } from './redis-scripts.js';
import type { RegistryClock } from './registry-clock.js';

/** How far the log is, and what time it is in the registry. */
export interface LogHead {
  readonly count: number;
  readonly time: number;
}

/**
 * Asks Redis how far its log is. Questions that come while one is under way share the next, so any number of lookups at a
 * time cost one round trip.
 */
export class Barrier {
  private current: Promise<LogHead> | undefined;
  private queued: Promise<LogHead> | undefined;

  constructor(
    private readonly redis: RedisClient,
    private readonly countKey: string,
    private readonly clock: RegistryClock,
  ) {}

  /** What Redis says is from after the call: a question under way may be answered already, so it is not shared. */
  ask(): Promise<LogHead> {
    if (!this.current) return this.begin();
    this.queued ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.queued = undefined;
        return this.begin();
      });
    return this.queued;
  }

  private begin(): Promise<LogHead> {
    const question = this.query().finally(() => {
      if (this.current === question) this.current = undefined;
    });
    this.current = question;
    return question;
  }

  private async query(): Promise<LogHead> {
    const { redis, countKey, clock } = this;
    const [time, count] = (await redis.eval(HEAD, 2, countKey, clock.key, clock.estimate())) as [string, string];
    return { count: Number(count), time: clock.heard(Number(time)) };
  }
}
