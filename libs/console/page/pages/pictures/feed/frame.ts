/** One picture of a stream. */
export interface Frame {
  readonly id: string;
  /** The time of the ID, in milliseconds since 1970. */
  readonly time: number;
  readonly bytes: Uint8Array;
  /** Whether the server has made it from what the entry holds. */
  readonly isConverted: boolean;
}
