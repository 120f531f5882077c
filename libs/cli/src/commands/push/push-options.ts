/** Options of `millrace push`. */
export interface PushCommandOptions {
  /** Bytes of each entry. */
  readonly split?: number;
  /** Each line is an entry. */
  readonly lines?: boolean;
  /** Entries a second. */
  readonly rate?: number;
  /** Extensions of the files of a folder that are taken; `*`: all. */
  readonly ext?: string;
  /** Start a folder again when it is through. */
  readonly loop?: boolean;
  /** No entry is stored twice. */
  readonly exactlyOnce?: boolean;
  /** Entries under way. */
  readonly window?: number;
}
