import type { Conversion } from '../conversion/conversion.js';

/** What a pull socket was opened for. */
export interface PullQuery {
  readonly streams: readonly string[];
  readonly count: number;
  /** As it was given; read when the socket is open, since a bad one closes it with 1008. */
  readonly lastEntryId: string;
  readonly latest: boolean;
  /** Milliseconds without news after which the socket is closed. */
  readonly timeout: number | undefined;
  readonly timeSyncId: string | undefined;
  readonly oneByOne: boolean;
  /** Milliseconds from one pair to the next, at least. */
  readonly pause: number | undefined;
  readonly ack: boolean;
  /** Send a notice when retention has overtaken the cursor. */
  readonly gaps: boolean;
  readonly conversion: Conversion | undefined;
}
