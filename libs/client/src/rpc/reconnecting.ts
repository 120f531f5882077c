import { Backoff, pause } from '@millrace/protocol';
import { isGoingAway, isTemporary } from '../link/failure.js';

/** How long the next server is waited for once one has said that it ends, in milliseconds. */
const PATIENCE = 30_000;

/** Pauses between attempts, and before a call is sent again: clients of one server do not come back in step. */
const PAUSES = { initial: 100, max: 2000 };

/** What a server that ends says with the end of a connection: Going Away, Service Restart, Try Again Later. */
const RESTARTS = new Set([1001, 1012, 1013]);

/** Tries again for a while after a server has said goodbye: another one, or itself, is about to be there. */
export class Reconnecting {
  private readonly backoff = new Backoff(PAUSES);
  private until = -Infinity;

  /** A connection has ended with that code. */
  ended(code: number): void {
    if (RESTARTS.has(code)) this.expect();
  }

  /** A server has handed back a call. */
  expect(): void {
    this.until = performance.now() + PATIENCE;
  }

  /**
   * Connects, again and again where a server is expected.
   *
   * @throws what `connect` throws last; the signal's reason
   */
  async connect<T>(connect: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const connected = await connect();
        this.until = -Infinity;
        this.backoff.reset();
        return connected;
      } catch (error) {
        signal.throwIfAborted();
        if (isGoingAway(error) && this.until === -Infinity) this.expect();
        if (performance.now() > this.until || !isTemporary(error)) throw error;
      }
      await pause(this.backoff.next(), signal);
      signal.throwIfAborted();
    }
  }
}
