/** The time a client has for its next step. */
export class SessionDeadline {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onMissed: (code: number, reason: string) => void) {}

  /** Replaces the one before. */
  start(milliseconds: number, reason: string, code = 1008): void {
    this.stop();
    this.timer = setTimeout(() => this.onMissed(code, reason), milliseconds);
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
