import type { RedisConnections } from '@millrace/core/redis';
import { pause } from '@millrace/protocol';
import { KEPT_TIME } from './log/redis-scripts.js';
import type { TableKeys } from './log/registry-keys.js';

/** How often an instance lets the others know at least that time goes by, in milliseconds. */
export const BEAT = 1000;
/** Without a sign for so long, in milliseconds, the other instances may all have gone, or the clock of Redis was set. */
export const SILENCE = 2.5 * BEAT;

/**
 * The time in a registry of several instances, in milliseconds, as a span since one of them began it. No clock of a machine
 * makes it jump: each instance goes on from the latest time it heard of by its own steady clock, Redis keeps the greatest
 * of what they say, and its own clock counts only while none of them is there.
 */
export class RegistryClock {
  /** The time when the steady clock of this process stood at zero; undefined before this process heard of any. */
  private zero: number | undefined;

  constructor(
    private readonly connections: RedisConnections<'commands'>,
    private readonly keys: TableKeys,
  ) {}

  /** The time as well as this process knows it. */
  now(): number {
    return (this.zero ?? 0) + performance.now();
  }

  /** The time for a script; 0 leaves it to what Redis has kept. */
  estimate(): number {
    return this.zero === undefined ? 0 : Math.floor(this.now());
  }

  /** Notes a time that Redis has answered. @returns it */
  heard(time: number): number {
    // An answer is late by its way, never early: the greatest is the most exact.
    this.zero = Math.max(this.zero ?? -Infinity, time - performance.now());
    return time;
  }

  /**
   * Finds out what time it is; a time that was kept is too old by the span in which no instance was there. May take seconds.
   *
   * @throws MillraceError `UNAVAILABLE`
   */
  async join(signal: AbortSignal): Promise<void> {
    let kept = await this.kept();
    if (kept.time === undefined ? kept.hasLog : kept.age < 0 || kept.age > SILENCE) {
      const { time } = kept;
      await pause(SILENCE, signal);
      kept = await this.kept();
      // Somebody is there: the clock of Redis was set, or what it kept was lost.
      if (kept.time !== time) kept = { ...kept, age: Math.min(Math.max(kept.age, 0), SILENCE) };
    }
    if (kept.time !== undefined) this.heard(kept.time + Math.max(kept.age, 0));
  }

  private async kept(): Promise<KeptTime> {
    const { clock, shards, log } = this.keys;
    const reply = await this.connections.persist((client) => KEPT_TIME.run(client, [clock, shards, log]));
    const [time, wall, now, hasLog] = reply as [string | null, string | null, string, number];
    return {
      time: time === null ? undefined : Number(time),
      age: Number(now) - Number(wall),
      hasLog: hasLog === 1,
    };
  }
}

/** What Redis has kept of the time; none when its key was lost, or there is not yet a registry. */
interface KeptTime {
  readonly time: number | undefined;
  /** How long ago that was, by the clock of Redis. */
  readonly age: number;
  readonly hasLog: boolean;
}
