/** Free fields of a stream; three of them bound it. */
export interface StreamMetadata {
  /** Entries kept. */
  max_len?: number;
  /** Age of the oldest kept entry, in seconds. */
  max_age?: number;
  /** Bytes of data kept. */
  max_bytes?: number;
  [field: string]: unknown;
}

/** What one deletion removed. */
export interface DeletedStream {
  readonly stream: string;
  readonly metadata: boolean;
  readonly entries: number;
  readonly existed: boolean;
}
