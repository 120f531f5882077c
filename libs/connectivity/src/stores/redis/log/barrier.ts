/** How far the log is, what time it is in the registry, and which log it is; an earlier release did not name it. */
export interface LogHead {
  readonly count: number;
  readonly time: number;
  readonly epoch: string;
}

/**
 * Asks Redis one question at a time. Callers that come while one is under way share the next, so any number of them at a time
 * costs one round trip.
 */
export class Barrier<Answer> {
  private current: Promise<Answer> | undefined;
  private queued: Promise<Answer> | undefined;

  constructor(private readonly question: () => Promise<Answer>) {}

  /** What Redis says is from after the call: a question under way may be answered already, so it is not shared. */
  ask(): Promise<Answer> {
    if (!this.current) return this.begin();
    this.queued ??= this.current
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        this.queued = undefined;
        return this.begin();
      });
    return this.queued;
  }

  private begin(): Promise<Answer> {
    const question = this.question().finally(() => {
      if (this.current === question) this.current = undefined;
    });
    this.current = question;
    return question;
  }
}
