import { startTimer, type Timer } from '@millrace/protocol';

/** The wait for a connector that was asked to claim its source anew (connector§4.6). */
export class ExpectedClaim {
  /** Resolves when it has come, or is not waited for any more; in the order in which they asked. */
  readonly over: Promise<void>;
  private readonly timer: Timer;
  private resolve!: () => void;

  /** @param milliseconds how long it is waited for */
  constructor(milliseconds: number, onOver: () => void) {
    this.over = new Promise((resolve) => (this.resolve = resolve));
    this.timer = startTimer(() => {
      this.end();
      onOver();
    }, milliseconds).unref();
  }

  end(): void {
    this.timer.stop();
    this.resolve();
  }
}
