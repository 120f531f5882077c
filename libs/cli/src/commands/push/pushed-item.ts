/** One entry to be pushed. */
export interface PushedItem {
  readonly data: Uint8Array;
  /** The file it is from. */
  readonly file: string | undefined;
}

/** Everything to be pushed. */
export interface PushedItems {
  readonly items: AsyncIterable<PushedItem>;
  /** Bytes in all; undefined when nobody knows. */
  readonly totalBytes: number | undefined;
}

/** Largest entry that a server takes (stream-store§6). */
export const MAX_ENTRY = 16 * 1024 * 1024;
