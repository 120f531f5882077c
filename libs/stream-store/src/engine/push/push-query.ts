import type { OffsetMeaning } from './batch-offsets.js';

/** What a push socket was opened for. */
export interface PushQuery {
  /** Undefined for `*`: each batch names its streams. */
  readonly streams: readonly string[] | undefined;
  readonly batch: boolean;
  readonly ack: boolean;
  readonly parseMeta: boolean;
  readonly offsets: OffsetMeaning | undefined;
}
