/** One entry of a stream. */
export interface StreamEntry {
  readonly stream: string;
  /** `<milliseconds>-<sequence>`. */
  readonly id: string;
  readonly data: Uint8Array;
}
