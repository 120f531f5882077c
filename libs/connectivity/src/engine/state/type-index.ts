/** What an index lists: it remembers where. */
export interface Listed<Item extends Listed<Item>> {
  listing: Listing<Item> | undefined;
  readonly entry: { readonly uid: string };
}

/** Above this, additions are merged into the sorted part. */
const MAX_ADDED = 256;

/** That a slot is found in an index, until it is taken off. */
export interface Listing<Item extends Listed<Item>> {
  readonly index: TypeIndex<Item>;
  readonly item: Item;
  readonly name: string;
  valid: boolean;
}

/**
 * The listed slots of one data type, by their names: a sorted part, and a few which were added since. Those that left are
 * skipped, and cleared away when there are many, so that adding, removing and finding all stay cheap.
 */
export class TypeIndex<Item extends Listed<Item>> {
  private sorted: Listing<Item>[] = [];
  private added: Listing<Item>[] = [];
  /** How many are listed. */
  size = 0;

  constructor(readonly dataType: string) {}

  add(item: Item): void {
    item.listing = { index: this, item, name: item.entry.uid, valid: true };
    this.added.push(item.listing);
    this.size += 1;
    this.tidy();
  }

  remove(listing: Listing<Item>): void {
    listing.valid = false;
    listing.item.listing = undefined;
    this.size -= 1;
    this.tidy();
  }

  /** Those whose names begin with a text, in no order. */
  startingWith(head: string): Item[] {
    const found: Item[] = [];
    // All are found without an order: a pattern without a literal beginning need not wait for one.
    if (head !== '') this.merge();
    for (let at = this.lowerBound(head); at < this.sorted.length; at += 1) {
      const { name, item, valid } = this.sorted[at] as Listing<Item>;
      if (!name.startsWith(head)) break;
      if (valid) found.push(item);
    }
    for (const { name, item, valid } of this.added) if (valid && name.startsWith(head)) found.push(item);
    return found;
  }

  private lowerBound(head: string): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] as Listing<Item>).name < head) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keeps what is no longer valid from outgrowing what is. */
  private tidy(): void {
    if (this.sorted.length + this.added.length <= 2 * this.size + 4 * MAX_ADDED) return;
    this.sorted = this.sorted.filter(({ valid }) => valid);
    this.added = this.added.filter(({ valid }) => valid);
  }

  private merge(): void {
    if (this.added.length <= MAX_ADDED) return;
    const added = this.added.filter(({ valid }) => valid).sort(byName);
    const merged: Listing<Item>[] = [];
    let at = 0;
    // Before each of those added go the sorted ones with lesser names, and behind the last one all that are left.
    for (const listing of [...added, undefined]) {
      for (; at < this.sorted.length; at += 1) {
        const next = this.sorted[at] as Listing<Item>;
        if (listing && next.name >= listing.name) break;
        if (next.valid) merged.push(next);
      }
      if (listing) merged.push(listing);
    }
    this.sorted = merged;
    this.added = [];
  }
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : 1;
}
