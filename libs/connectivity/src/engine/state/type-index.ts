import type { Slot } from './slot.js';

/** Above this, additions are merged into the sorted part. */
const MAX_ADDED = 256;

/** That a slot is to be found in an index, until it is taken off. */
export interface Listing {
  readonly index: TypeIndex;
  readonly slot: Slot;
  readonly uid: string;
  valid: boolean;
}

/**
 * The listed slots of one data type, by their names: a sorted part, and few which were added since. What left is skipped
 * and cleared away when it has become much, so that adding, removing and finding all stay cheap.
 */
export class TypeIndex {
  private sorted: Listing[] = [];
  private added: Listing[] = [];
  private count = 0;

  constructor(readonly dataType: string) {}

  /** Listed slots. */
  get size(): number {
    return this.count;
  }

  add(slot: Slot): void {
    slot.listing = { index: this, slot, uid: slot.entry.uid, valid: true };
    this.added.push(slot.listing);
    this.count += 1;
    this.tidy();
  }

  remove(listing: Listing): void {
    listing.valid = false;
    listing.slot.listing = undefined;
    this.count -= 1;
    this.tidy();
  }

  /** Slots whose names begin with a text, in no order. */
  startingWith(head: string): Slot[] {
    const found: Slot[] = [];
    // All are found without an order: a pattern without a literal beginning need not wait for one.
    if (head !== '') this.merge();
    for (let at = this.lowerBound(head); at < this.sorted.length; at += 1) {
      const { uid, slot, valid } = this.sorted[at] as Listing;
      if (!uid.startsWith(head)) break;
      if (valid) found.push(slot);
    }
    for (const { uid, slot, valid } of this.added) if (valid && uid.startsWith(head)) found.push(slot);
    return found;
  }

  private lowerBound(head: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] as Listing).uid < head) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keeps what is no longer valid from outgrowing what is. */
  private tidy(): void {
    if (this.sorted.length + this.added.length <= 2 * this.count + 4 * MAX_ADDED) return;
    this.sorted = this.sorted.filter(({ valid }) => valid);
    this.added = this.added.filter(({ valid }) => valid);
  }

  private merge(): void {
    if (this.added.length <= MAX_ADDED) return;
    const added = this.added.filter(({ valid }) => valid).sort(byName);
    this.sorted = merged(this.sorted, added);
    this.added = [];
  }
}

function byName(left: Listing, right: Listing): number {
  return left.uid < right.uid ? -1 : 1;
}

function merged(left: readonly Listing[], right: readonly Listing[]): Listing[] {
  const all: Listing[] = [];
  let at = 0;
  const take = (until: string | undefined): void => {
    for (; at < left.length; at += 1) {
      const next = left[at] as Listing;
      if (until !== undefined && next.uid >= until) return;
      if (next.valid) all.push(next);
    }
  };
  for (const listing of right) {
    take(listing.uid);
    all.push(listing);
  }
  take(undefined);
  return all;
}
