import { LRUCache } from 'lru-cache';

/** A reply that stays right until the partition's version or the time passes. */
export interface KeptReply {
  readonly version: number;
  readonly validUntil: number;
  readonly bytes: Buffer;
}

/** Memory of a kept reply besides its bytes. */
const OVERHEAD = 256;

/** The replies asked for last, by their questions; of all states of a registry together. */
export class ReplyCache extends LRUCache<string, KeptReply> {
  private version = 0;

  /** @param maxBytes 0 keeps none */
  constructor(maxBytes: number) {
    super({ maxSize: Math.max(1, maxBytes), sizeCalculation: ({ bytes }) => bytes.length + OVERHEAD });
  }

  /** A version that was never used before, also not by another state's partition of the same name. */
  nextVersion(): number {
    this.version += 1;
    return this.version;
  }
}
