/** What becomes of the bytes of an entry in a line of JSON. */
export type Encoding = 'base64' | 'utf8' | 'json' | 'none';

/** Options of `millrace pull`. */
export interface PullCommandOptions {
  readonly after?: string;
  /** Entries, after which it ends. */
  readonly count?: number;
  /** False: ends with the newest entry that was there at the start. */
  readonly follow: boolean;
  /** Milliseconds, after which it ends. */
  readonly for?: number;
  /** Folder for a file an entry. */
  readonly output?: string;
  readonly ext?: string;
  /** A line feed after each entry. */
  readonly lines?: boolean;
  readonly encoding: Encoding;
}
