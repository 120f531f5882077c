/**
 * Work that may be spent on one thing, counted and not timed: what is refused on a busy machine is refused on an idle
 * one too. A step is about the time it takes to look at one character.
 */
export class StepBudget {
  private left: number;

  constructor(readonly limit: number) {
    this.left = limit;
  }

  /** Steps spent so far, also beyond the limit. */
  get spent(): number {
    return this.limit - this.left;
  }

  /** @returns whether there was enough left */
  spend(steps: number): boolean {
    this.left -= steps;
    return this.left >= 0;
  }
}
