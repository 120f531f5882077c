import type { LruMap } from '../patterns/lru-map.js';
import type { Scheduled } from './schedule.js';
import type { Slot } from './slot.js';
import { TypeIndex } from './type-index.js';

/** A reply that stays right until the partition's version or the time passes. */
export interface KeptReply {
  readonly version: number;
  readonly validUntil: number;
  readonly bytes: Buffer;
}

/** One partition: its names in the order of their first publication, and an index of the listed ones by data type. */
export class PartitionState implements Scheduled {
  due: number | undefined;
  /** Every known name, expired ones included. */
  readonly slots = new Map<string, Slot>();
  /** Another number after every change that a lookup could see, apart from time going by. */
  version = 0;
  /** When it was last named by a publication, and how long it stays known after its last entry is gone. */
  publishedAt = 0;
  grace = 0;
  private readonly types = new Map<string, TypeIndex>();

  constructor(
    readonly name: string,
    readonly replies: LruMap<string, KeptReply>,
  ) {}

  /** Makes a slot visible to lookups, or moves it to the data type it has now. */
  enlist(slot: Slot): void {
    this.delist(slot);
    const { dataType } = slot.entry;
    let index = this.types.get(dataType);
    if (!index) this.types.set(dataType, (index = new TypeIndex(dataType)));
    index.add(slot);
  }

  /** Hides a slot from lookups. */
  delist(slot: Slot): void {
    const { listing } = slot;
    if (!listing) return;
    listing.index.remove(listing);
    if (listing.index.size === 0) this.types.delete(listing.index.dataType);
  }

  /** Forgets a slot. */
  remove(slot: Slot): void {
    this.delist(slot);
    this.slots.delete(slot.entry.uid);
  }

  /** Slots whose names begin with a text, in no order; expired ones may be among them. */
  candidates(dataType: string | undefined, head: string): Slot[] {
    if (dataType !== undefined) return this.types.get(dataType)?.startingWith(head) ?? [];
    return [...this.types.values()].flatMap((index) => index.startingWith(head));
  }
}
