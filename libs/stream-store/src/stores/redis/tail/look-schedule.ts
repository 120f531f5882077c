/** Time from one step to the next. Each looks at one stream in turn, however many there are. */
export const STEP_MS = 50;

/** A stream is not looked at in turn more often than this. */
const LOOK_MS = 500;
/** Where news cannot be listened to, each step looks at more of them. */
const DEAF = { lookMs: 1000, streams: 25 };
/** How long a stream is looked at in each step once another program was found to write to it; and how many streams at most. */
const URGENT_MS = 5000;
const URGENT_STREAMS = 20;
/** Time before a stream that could not be read is tried again. */
const RETRY_MS = 500;

interface Urgent {
  /** Infinity until it has been read. */
  readonly until: number;
  readonly dueAt: number;
}

/** Says which streams are to be looked at in each step, so that all of them together cost the same whatever their number is. */
export class LookSchedule {
  /** News cannot be listened to: what is found by looking is all there is. */
  isDeaf = false;
  private readonly lookedAt = new Map<string, number>();
  private readonly urgent = new Map<string, Urgent>();
  private turn: Iterator<[string, number]> = this.lookedAt.entries();

  add(stream: string, now: number): void {
    this.lookedAt.set(stream, now);
  }

  remove(stream: string): void {
    this.lookedAt.delete(stream);
    this.urgent.delete(stream);
  }

  /** The streams to look at in a step. */
  due(now: number): string[] {
    return [...this.dueUrgently(now), ...this.dueInTurn(now)];
  }

  /** To be called when a stream is looked at. @returns whether it was not for longer than one that is alone waits */
  looked(stream: string, now: number): boolean {
    const before = this.lookedAt.get(stream) ?? now;
    if (this.lookedAt.has(stream)) this.lookedAt.set(stream, now);
    return now - before > LOOK_MS;
  }

  /** Another program writes to a stream, and does not say so. */
  hurry(stream: string, now: number): void {
    if (this.urgent.has(stream) || this.urgent.size < URGENT_STREAMS)
      this.urgent.set(stream, { until: now + URGENT_MS, dueAt: now });
  }

  /** A stream could not be read: it is looked at until it can. */
  retry(stream: string, now: number): void {
    this.urgent.set(stream, { until: Infinity, dueAt: now + RETRY_MS });
  }

  /** To be called when a stream was read. */
  wasRead(stream: string): void {
    if (this.urgent.get(stream)?.until === Infinity) this.urgent.delete(stream);
  }

  private dueUrgently(now: number): string[] {
    const due: string[] = [];
    for (const [stream, { until, dueAt }] of [...this.urgent]) {
      if (now > until) this.urgent.delete(stream);
      else if (now >= dueAt && due.length < URGENT_STREAMS) {
        due.push(stream);
        // Behind the others, so that all have their turn.
        this.urgent.delete(stream);
        this.urgent.set(stream, { until, dueAt: until === Infinity ? now + RETRY_MS : now });
      }
    }
    return due;
  }

  private dueInTurn(now: number): string[] {
    const { lookMs, streams } = this.isDeaf ? DEAF : { lookMs: LOOK_MS, streams: 1 };
    const due: string[] = [];
    for (let left = streams; left > 0; left -= 1) {
      const next = this.turn.next();
      if (next.done) {
        this.turn = this.lookedAt.entries();
        break;
      }
      const [stream, lookedAt] = next.value;
      if (now - lookedAt >= lookMs) due.push(stream);
    }
    return due;
  }
}
