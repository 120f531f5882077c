import type { RedisClient } from '@millrace/core/redis';
import { HEAD } from './redis-scripts.js';

/** How far the log is, and what time it is, by Redis. */
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
    const [seconds, microseconds, count] = (await this.redis.eval(HEAD, 1, this.countKey)) as (string | null)[];
    return { count: Number(count ?? 0), time: Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000) };
  }
}
