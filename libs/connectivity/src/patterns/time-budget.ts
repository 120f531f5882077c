/** Asking for the time costs as much as a few matches, so it is done for every so many. */
const STRIDE = 16;

/** Processor time that may be spent on one thing. Time in which the process did not run does not count. */
export class TimeBudget {
  private readonly start = process.cpuUsage();
  private asked = 0;

  constructor(private readonly milliseconds: number) {}

  isSpent(): boolean {
    this.asked += 1;
    if (this.asked % STRIDE !== 0) return false;
    const { user, system } = process.cpuUsage(this.start);
    return user + system > this.milliseconds * 1000;
  }
}
