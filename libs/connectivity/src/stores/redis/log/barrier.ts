/** How far the log is, what time it is in the registry, and which log it is; an earlier release did not name it. */
export interface LogHead {
  readonly count: number;
  readonly time: number;
  readonly epoch: string;
}

/**
 * Asks Redis one question at a time. Callers that come before it is sent share it, and those that come while it is under way
 * share the next, so any number of them at a time costs one round trip.
 */
export class Barrier<Answer> {
  /** A question that is not sent yet. */
  private unsent: Promise<Answer> | undefined;
  private current: Promise<Answer> | undefined;
  private queued: Promise<Answer> | undefined;

  /** @param question calls what it is given when it is sent */
  constructor(private readonly question: (sent: () => void) => Promise<Answer>) {}

  /** What Redis says is from after the call: a question under way may be answered already, so it is not shared. */
  ask(): Promise<Answer> {
    if (this.unsent) return this.unsent;
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
    let isSent = false;
    const sent = (): void => {
      isSent = true;
      this.unsent = undefined;
    };
    const question = this.question(sent).finally(() => {
      if (this.unsent === question) this.unsent = undefined;
      if (this.current === question) this.current = undefined;
    });
    this.current = question;
    if (!isSent) this.unsent = question;
    return question;
  }
}
