import { LRUCache } from 'lru-cache';

/** A reply that stays right until the partition's version or the time passes. */
export interface KeptReply {
  readonly version: number;
  readonly validUntil: number;
  readonly bytes: Buffer;
}

/** The replies asked for last, by their questions. */
export type ReplyCache = LRUCache<string, KeptReply>;

/** Memory of a kept reply besides its bytes. */
const OVERHEAD = 256;

/** @param maxBytes 0 keeps none */
export function replyCache(maxBytes: number): ReplyCache {
  return new LRUCache({ maxSize: Math.max(1, maxBytes), sizeCalculation: ({ bytes }) => bytes.length + OVERHEAD });
}
