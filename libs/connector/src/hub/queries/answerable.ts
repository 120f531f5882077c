import type { ResponseMessage } from '../../protocol/messages.js';

/** What responses of a connector are for. */
export interface Answerable {
  /**
   * Takes one response.
   *
   * @param data the whole message, as it came
   */
  respond(response: ResponseMessage, bytes: number, data: Buffer): void;
  /** Does nothing to one that has ended. */
  fail(error: Error): void;
}

/** A query that waits for responses. */
export interface AwaitedQuery extends Answerable {
  readonly hasEnded: boolean;
  /** Ends without a word to those who wait for rows. */
  discard(): void;
}
