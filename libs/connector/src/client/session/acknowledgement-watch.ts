/** Reports a hub that has owed acknowledgements for too long: one side has lost the other. */
export class AcknowledgementWatch {
  private timer: NodeJS.Timeout | undefined;
  private lastProgress = 0;

  /**
   * @param timeout how long nothing may come, in milliseconds
   * @param owed how many acknowledgements are due
   */
  constructor(
    private readonly timeout: number,
    private readonly owed: () => number,
    private readonly onSilence: () => void,
  ) {}

  /** Something was sent. */
  sent(): void {
    if (this.timer) return;
    if (this.owed() <= 1) this.progress();
    this.timer = setTimeout(() => this.look(), this.timeout);
    this.timer.unref();
  }

  /** An acknowledgement has come, or the time begins anew. */
  progress(): void {
    this.lastProgress = Date.now();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    this.timer = undefined;
    if (this.owed() === 0) return;
    if (Date.now() - this.lastProgress >= this.timeout) this.onSilence();
    else this.sent();
  }
}
