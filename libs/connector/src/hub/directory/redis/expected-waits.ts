import { startTimer, type Timer } from '@millrace/protocol';

/** Pause before it is looked again where a source is served, in milliseconds. */
const POLL_MS = 25;

interface Wait {
  readonly over: Promise<boolean>;
  readonly end: (isHere: boolean) => void;
  readonly timer: Timer;
}

/** Those who wait for a connector to claim its source anew, at whichever instance: they look again together, in their order. */
export class ExpectedWaits {
  private readonly waits = new Map<string, Wait>();

  /** Waits as long as others do. @returns whether the source is served here now; undefined where nobody waits */
  under(source: string): Promise<boolean> | undefined {
    return this.waits.get(source)?.over;
  }

  /** Waits a moment, or until the source is served here. @returns whether it is */
  wait(source: string): Promise<boolean> {
    const under = this.under(source);
    if (under) return under;
    let settle!: (isHere: boolean) => void;
    const over = new Promise<boolean>((resolve) => (settle = resolve));
    const end = (isHere: boolean): void => {
      wait.timer.stop();
      this.waits.delete(source);
      settle(isHere);
    };
    const wait = { over, end, timer: startTimer(() => end(false), POLL_MS).unref() };
    this.waits.set(source, wait);
    return over;
  }

  served(source: string): void {
    this.waits.get(source)?.end(true);
  }
}
