import { createHash } from 'node:crypto';

interface Entry {
  refusals: number;
  waiting: number;
  lastRefusal: number;
}

/** Entries kept; the oldest go first, so that a storm with ever new tokens costs bounded memory. */
const MAX_ENTRIES = 10_000;
/** Refused claims of one token and source that wait for their answer at a time. */
const MAX_WAITING = 10;

export interface RefusalDelayOptions {
  /** First delay, in milliseconds; doubles with each refusal. */
  readonly initial: number;
  readonly max: number;
}

/**
 * Holds the answers to refused claims back, longer each time for the same token and source (connector§4.3): an
 * existing connector comes back without any pause.
 */
export class RefusalDelays {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly options: RefusalDelayOptions) {}

  /** A key that shows neither token nor source. */
  static key(identity: string, source: string): string {
    return createHash('sha256').update(`${identity}\n${source}`).digest('base64');
  }

  /** @returns the delay of this refusal in milliseconds, or undefined when too many wait: drop the socket then */
  refused(key: string, now = performance.now()): number | undefined {
    const entry = this.entries.get(key) ?? { refusals: 0, waiting: 0, lastRefusal: now };
    if (entry.waiting >= MAX_WAITING) return undefined;
    // Forgotten after a quiet time.
    if (now - entry.lastRefusal > this.options.max * 4) entry.refusals = 0;
    const delay = Math.min(this.options.max, this.options.initial * 2 ** Math.min(entry.refusals, 30));
    entry.refusals += 1;
    entry.waiting += 1;
    entry.lastRefusal = now;
    this.remember(key, entry);
    return delay;
  }

  /** The answer has gone out, or its socket has ended. */
  answered(key: string): void {
    const entry = this.entries.get(key);
    if (entry) entry.waiting = Math.max(0, entry.waiting - 1);
  }

  /** A claim succeeded. */
  accepted(key: string): void {
    this.entries.delete(key);
  }

  private remember(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size <= MAX_ENTRIES) return;
    const [oldest] = this.entries.keys();
    if (oldest !== undefined) this.entries.delete(oldest);
  }
}
