import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { RedisConnections } from '@millrace/core/redis';
import { pause, startTimer, thrownText, type Timer } from '@millrace/protocol';
import { KEEP_LEASES, LEAVE } from './source-scripts.js';

/** The part of the lease that an instance itself counts on: it ends its sessions before Redis lets another one have them. */
const SAFE = 0.9;
/** Signs of life in the span of a lease. */
const BEATS = 4;
/** Pause before another attempt while Redis is away, in milliseconds. */
const AGAIN_MS = 100;

/** Who is told what becomes of an instance. */
export interface MembershipTarget {
  /** The instance lives; these are all. */
  beat(instances: ReadonlySet<string>): void;
  /** The lease is over, and with it all that the instance had. It joins anew under another id. */
  lapsed(): void;
}

/** An instance among those that share the sources: it has one lease for all its sessions, and keeps it by signs of life. */
export class Membership {
  private readonly logger = new Logger('ConnectorHub');
  private readonly closing = new AbortController();
  private instance = '';
  /** Whose leases are to be taken back at the next beginning. */
  private former = '';
  private heldUntil = -Infinity;
  private others: ReadonlySet<string> = new Set();
  /** What the clock of Redis shows when the steady clock of this process stands at zero. */
  private zero = 0;
  private lapse: Timer | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly keys: readonly string[],
    private readonly lease: number,
    private readonly target: MembershipTarget,
  ) {}

  /** Empty before the instance has joined, and while it has no lease. */
  get id(): string {
    return this.instance;
  }

  get isHeld(): boolean {
    return performance.now() < this.heldUntil;
  }

  get size(): number {
    return this.others.size;
  }

  /** The time by the clock of Redis, in milliseconds. */
  get now(): number {
    return this.zero + performance.now();
  }

  /** The error while it has no place. */
  missing(): MillraceError {
    return new MillraceError('UNAVAILABLE', 'The hub has no place among those that share the sources; try again later');
  }

  /** @throws MillraceError `UNAVAILABLE` */
  async join(): Promise<void> {
    await this.beat();
    this.running = this.run();
  }

  /** Gives everything back at once. */
  async leave(): Promise<void> {
    this.closing.abort();
    await this.running;
    const { id } = this;
    this.lose();
    if (id === '') return;
    // Where Redis is away the lease ends by itself.
    await this.redis.run((client) => client.eval(LEAVE, this.keys.length, ...this.keys, id)).catch(() => undefined);
  }

  private async run(): Promise<void> {
    const { signal } = this.closing;
    let isAway = false;
    while (!signal.aborted) {
      await pause(isAway ? Math.min(AGAIN_MS, this.lease / BEATS) : this.lease / BEATS, signal);
      if (signal.aborted) return;
      try {
        await this.beat();
        isAway = false;
      } catch (error) {
        if (!isAway) this.logger.warn(`The instance cannot keep its sources: ${thrownText(error)}`);
        isAway = true;
      }
    }
  }

  private async beat(): Promise<void> {
    const begins = this.instance === '';
    const id = begins ? randomUUID() : this.instance;
    const sentAt = performance.now();
    const reply = await this.redis.run((client) =>
      KEEP_LEASES.run(client, this.keys, [id, this.lease, begins ? 1 : 0, begins ? this.former : '']),
    );
    // It may have been lost while the answer was under way.
    if (!begins && this.instance !== id) return;
    if (reply === null) {
      this.expire();
      return;
    }
    const [now, instances] = reply as [string, string[]];
    this.instance = id;
    this.former = '';
    this.zero = Number(now) - performance.now();
    this.heldUntil = sentAt + this.lease * SAFE;
    this.others = new Set(instances);
    this.lapse?.stop();
    this.lapse = startTimer(() => this.expire(), Math.max(0, this.heldUntil - performance.now())).unref();
    this.target.beat(this.others);
  }

  private expire(): void {
    if (this.instance === '') return;
    this.former = this.instance;
    this.lose();
    this.logger.error('The instance was cut off from Redis for too long, and has lost its sources; it begins anew');
    this.target.lapsed();
  }

  private lose(): void {
    this.lapse?.stop();
    this.instance = '';
    this.heldUntil = -Infinity;
  }
}
