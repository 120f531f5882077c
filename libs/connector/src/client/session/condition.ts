import { startTimer } from '@millrace/protocol';

/** Something that comes true at some time. Callers wait for it, each with a deadline of its own. */
export class Condition {
  private readonly waiters = new Set<() => void>();

  constructor(private readonly holds: () => boolean) {}

  /** Resolves true as soon as it holds, or false after a deadline in milliseconds. */
  until(deadline: number): Promise<boolean> {
    if (this.holds()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const end = (held: boolean): void => {
        timer.stop();
        this.waiters.delete(done);
        resolve(held);
      };
      const done = (): void => end(true);
      const timer = startTimer(() => end(false), deadline);
      this.waiters.add(done);
    });
  }

  /** Something changed: lets those who wait go on when it holds now. */
  check(): void {
    if (this.waiters.size > 0 && this.holds()) for (const done of [...this.waiters]) done();
  }
}
