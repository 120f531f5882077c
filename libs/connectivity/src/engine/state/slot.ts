import type { ConnectionEntry } from '../../api/connection-entry.js';
import type { PartitionState } from './partition-state.js';
import type { Scheduled } from './schedule.js';
import type { Listing } from './type-index.js';

/** The place of one name in its partition; kept while the name is known, whatever is published for it. */
export class Slot implements Scheduled {
  due: number | undefined;
  /** Where lookups find it; undefined while it is expired or gone. */
  listing: Listing | undefined;
  publishedAt = 0;
  expiresAt = 0;
  /** How long it stays known after it expired, in milliseconds. */
  grace = 0;
  publisher: string | undefined;

  constructor(
    readonly partition: PartitionState,
    /** Order of first publication in the registry. */
    readonly order: number,
    public entry: ConnectionEntry,
  ) {}

  isLive(now: number): boolean {
    return this.listing !== undefined && this.expiresAt > now;
  }
}
