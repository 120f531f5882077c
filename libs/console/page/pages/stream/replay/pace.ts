/** When each entry of a recording is due, by the times in the IDs: the first one at once. */
export class Pace {
  private first: number | undefined;
  private start = 0;
  private stopped: number | undefined;

  /** @param factor how many times as fast as it was recorded */
  constructor(
    private readonly factor: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Milliseconds until an entry of this time is due; 0 or less when it is. */
  left(time: number): number {
    if (this.first === undefined) {
      this.first = time;
      this.start = this.now();
    }
    return this.start + (time - this.first) / this.factor - this.now();
  }

  /** Time stands still. */
  stop(): void {
    this.stopped ??= this.now();
  }

  goOn(): void {
    if (this.stopped !== undefined) this.start += this.now() - this.stopped;
    this.stopped = undefined;
  }
}
