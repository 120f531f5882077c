import { Backoff, type BackoffOptions } from '@millrace/protocol';

/** When to come back (connector§6.3): exponential back-off with full jitter, reset after good service. */
export class ReconnectPolicy {
  private readonly backoff: Backoff;

  constructor(
    options: BackoffOptions,
    private readonly resetAfter: number,
  ) {
    this.backoff = new Backoff(options);
  }

  /** @param served how long the connection that ended was in service, in milliseconds */
  pauseAfter(served: number): number {
    if (served >= this.resetAfter) this.backoff.reset();
    return this.backoff.next();
  }
}
