import type { ConnectionEntry } from '../../api/connection-entry.js';
import type { ReplyCache } from './reply-cache.js';
import type { Scheduled } from './schedule.js';
import { type Listing, TypeIndex } from './type-index.js';

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
  /** The slots by what they say: see {@link Slot.revision}. */
  readonly revisions = new Map<number, Slot>();
  private readonly types = new Map<string, TypeIndex<Slot>>();

  /** @param order of first publication among the partitions of the registry */
  constructor(
    readonly name: string,
    readonly order: number,
    readonly replies: ReplyCache,
  ) {}

  /** Makes a slot visible to lookups, or moves it to the data type it has now. */
  enlist(slot: Slot): void {
    this.delist(slot);
    const { dataType } = slot.entry;
    let index = this.types.get(dataType);
    if (!index) this.types.set(dataType, (index = new TypeIndex<Slot>(dataType)));
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
    this.revisions.delete(slot.revision);
  }

  /** Puts other content in a slot, under a number that stands for it from now on. */
  revise(slot: Slot, revision: number): void {
    this.revisions.delete(slot.revision);
    slot.revision = revision;
    this.revisions.set(revision, slot);
  }

  /** Slots whose names begin with a text, in no order; expired ones may be among them. */
  candidates(dataType: string | undefined, head: string): Slot[] {
    if (dataType !== undefined) return this.types.get(dataType)?.startingWith(head) ?? [];
    return [...this.types.values()].flatMap((index) => index.startingWith(head));
  }
}

/** The place of one name in its partition; kept while the name is known, whatever is published for it. */
export class Slot implements Scheduled {
  due: number | undefined;
  /** Where lookups find it; undefined while it is expired or gone. */
  listing: Listing<Slot> | undefined;
  publishedAt = 0;
  expiresAt = 0;
  /** How long it stays known after it expired, in milliseconds. */
  grace = 0;
  publisher: string | undefined;
  /** Another number whenever its content becomes another, which no other slot has. */
  revision = 0;

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
