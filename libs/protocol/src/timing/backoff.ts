export interface BackoffOptions {
  /** Upper bound of the first pause, in milliseconds. @default 250 */
  initial?: number;
  /** Upper bound of any pause, in milliseconds. @default 30000 */
  max?: number;
  /** Growth from one attempt to the next. @default 2 */
  factor?: number;
  /** Source of randomness in [0, 1), for tests. @default Math.random */
  random?: () => number;
}

/**
 * Exponential back-off with full jitter: each pause is random between 0 and a bound which grows by attempts, so that
 * many clients of one restarted server do not come back in step.
 *
 * @publicApi
 */
export class Backoff {
  private attempts = 0;

  constructor(private readonly options: BackoffOptions = {}) {}

  /** Pause before the next attempt, in milliseconds. */
  next(): number {
    const { initial = 250, max = 30_000, factor = 2, random = Math.random } = this.options;
    const bound = Math.min(max, initial * factor ** this.attempts);
    if (bound < max) this.attempts += 1;
    return random() * bound;
  }

  /** To be called after good service, so that the next failure starts from the beginning. */
  reset(): void {
    this.attempts = 0;
  }
}
