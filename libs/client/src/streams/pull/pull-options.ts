import type { Duration, SkippedEntries, StreamGap, UnreadableEntry } from '@millrace/protocol';
import type { TransferProgress } from '../transfer-progress.js';

/** Options of a pull. */
export interface PullOptions {
  /**
   * Give entries after this ID; `$`: only new ones, `0`: all that are kept, `*`: the newest `count` and what follows; milliseconds
   * since 1970 for the ID that has them, as a time to begin behind. One for all streams, or one a stream.
   *
   * @default '$'
   */
  after?: string | readonly string[];
  /** Entries of each stream in one message, of which two are in memory at most. @default 100 */
  count?: number;
  /**
   * Go on with what comes later, until the streams are ended for good; `false`: end after what there was at the beginning.
   *
   * @default true
   */
  follow?: boolean;
  /**
   * End behind this ID, which is given too where there is such an entry; milliseconds since 1970 as for `after`. One for all
   * streams, or one a stream: the pull ends when each has got there, at once where `after` lies behind it.
   *
   * @default none
   */
  until?: string | readonly string[];
  /** End when nothing has come for so long. @default never */
  idleTimeout?: Duration;
  /** Pass over all but the newest entry of each stream, to keep up with something live. @default false */
  latest?: boolean;
  /** Convert entries on the server: `json`, `jpg`, `png`; `input` says what they are. */
  output?: string;
  input?: string;
  /**
   * Hears of entries that were removed before they were given, and of a stream that was deleted since the ID that was given; the
   * pull goes on with the first that is there.
   *
   * @default raise StreamGapError
   */
  onGap?: (gap: StreamGap) => void;
  /** Hears of entries that the server cannot convert to `output`; the pull goes on behind them. @default raise UnreadableEntryError */
  onUnreadable?: (entry: UnreadableEntry) => void;
  /** Hears of entries that were passed over for `latest`, before the one that comes in their place. */
  onSkipped?: (skipped: SkippedEntries) => void;
  /** Hears of every entry that was taken. */
  onProgress?: (progress: TransferProgress) => void;
  /** Ends the iteration with its reason. */
  signal?: AbortSignal | undefined;
}
