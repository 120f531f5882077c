/** How far the log is, what time it is in the registry, and which log it is; an earlier release did not name it. */
export interface LogHead {
  readonly count: number;
  readonly time: number;
  readonly epoch: string;
}

/**
 * Asks Redis how far its log is. Questions that come while one is under way share the next, so any number of lookups at a
 * time cost one round trip.
 */
export class Barrier {
  private current: Promise<LogHead> | undefined;
  private queued: Promise<LogHead> | undefined;

  constructor(private readonly question: () => Promise<LogHead>) {}

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
    const question = this.question().finally(() => {
      if (this.current === question) this.current = undefined;
    });
    this.current = question;
    return question;
  }
}
