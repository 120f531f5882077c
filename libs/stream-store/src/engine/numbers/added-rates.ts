import { startTimer, type Timer } from '@millrace/protocol';

/** Two looks that are at least so far apart give a rate. */
const LEAST_MS = 1000;
/** A rate tells of the last two spans of this length, at the most, where there are looks enough. */
const SPAN_MS = 5000;
/** What nobody asks for is forgotten after this time. */
const KEPT_MS = 60_000;

interface Look {
  readonly at: number;
  readonly added: number;
}

interface Looks {
  /** The rate is counted from it. */
  from: Look;
  /** The one that follows it. */
  next: Look;
  /** When it was asked for last. */
  askedAt: number;
}

/** How many entries streams get in a second, by looks at how many were ever added. */
export class AddedRates {
  /** By streams; the one that was asked for last is the last one. */
  private readonly streams = new Map<string, Looks>();
  private forgetting: Timer | undefined;

  /** @param most streams that are remembered; those that were asked for longest ago go first */
  constructor(
    private readonly most: number,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Streams that are remembered. */
  get size(): number {
    return this.streams.size;
  }

  /**
   * Notes a look, and gives the rate since an earlier one.
   *
   * @param added entries that were ever added to the stream
   * @returns entries in a second; undefined as long as no look is old enough
   */
  look(stream: string, added: number): number | undefined {
    const now = { at: this.clock(), added };
    const known = this.streams.get(stream);
    this.streams.delete(stream);
    // One that has fewer was deleted meanwhile, and has begun anew.
    const looks = known && known.next.added <= added ? known : { from: now, next: now, askedAt: now.at };
    looks.askedAt = now.at;
    this.streams.set(stream, looks);
    this.keepFew();
    if (now.at - looks.next.at >= SPAN_MS) Object.assign(looks, { from: looks.next, next: now });
    const { from } = looks;
    return now.at - from.at < LEAST_MS ? undefined : ((added - from.added) * 1000) / (now.at - from.at);
  }

  /** Forgets all. */
  close(): void {
    this.forgetting?.stop();
    this.streams.clear();
  }

  private keepFew(): void {
    for (const [oldest] of this.streams) {
      if (this.streams.size <= this.most) break;
      this.streams.delete(oldest);
    }
    this.forgetting ??= startTimer(() => this.forget(), KEPT_MS).unref();
  }

  private forget(): void {
    this.forgetting = undefined;
    const before = this.clock() - KEPT_MS;
    for (const [stream, { askedAt }] of this.streams) {
      if (askedAt > before) break;
      this.streams.delete(stream);
    }
    if (this.streams.size > 0) this.forgetting = startTimer(() => this.forget(), KEPT_MS).unref();
  }
}
