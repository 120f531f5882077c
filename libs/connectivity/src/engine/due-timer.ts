import { startTimer, type Timer } from '@millrace/protocol';

/** Pauses before a look at a schedule, in milliseconds. */
const PAUSE = { least: 10, most: 3_600_000 };

/** Calls when what is due next in a state has come. */
export class DueTimer {
  private timer: Timer | undefined;
  private timerDue = Infinity;
  private hasEnded = false;

  /**
   * @param nextDue when something is due, in milliseconds by the clock of the state; Infinity when nothing is
   * @param now the time by that clock
   * @param expire makes happen what is due
   */
  constructor(
    private readonly nextDue: () => number,
    private readonly now: () => number,
    private readonly expire: (due: number) => void,
  ) {}

  /** Sets the timer for what is due next; call it when that may have come nearer. */
  arm(): void {
    const due = this.nextDue();
    if (due >= this.timerDue || this.hasEnded) return;
    this.timer?.stop();
    this.timerDue = due;
    this.timer = startTimer(
      () => {
        this.timerDue = Infinity;
        this.expire(due);
      },
      Math.min(PAUSE.most, Math.max(PAUSE.least, due - this.now())),
    );
    this.timer.unref();
  }

  stop(): void {
    this.hasEnded = true;
    this.timer?.stop();
  }
}
