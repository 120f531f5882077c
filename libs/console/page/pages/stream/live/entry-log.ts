/** One entry in the list. */
export interface EntryItem {
  readonly kind: 'entry';
  /** Tells it from others in the list. */
  readonly key: number;
  readonly id: string;
  readonly data: Uint8Array;
}

/** What stands between entries: why something is not there. */
export interface MarkItem {
  readonly kind: 'gap' | 'unreadable' | 'note';
  readonly key: number;
  readonly id: string;
  /** In one sentence. */
  readonly text: string;
}

export type LogItem = EntryItem | MarkItem;
export type NewItem = Omit<EntryItem, 'key'> | Omit<MarkItem, 'key'>;

/** Items in the list. */
export const MOST_ITEMS = 1000;
/** Bytes of entries in the list. */
const MOST_BYTES = 64_000_000;

/** What has come so far. */
export interface LogCounts {
  /** Entries that came, whatever the filter said of them. */
  readonly taken: number;
  readonly takenBytes: number;
  /** Of those, how many the filter held back. */
  readonly filtered: number;
  /** Items that had to leave the list to make room. */
  readonly left: number;
  /** Of those, how many had never been in the list as it was shown. */
  readonly neverShown: number;
}

/** Stands where an item has left, so that its bytes are let go at once. */
const GONE: LogItem = { kind: 'note', key: 0, id: '', text: '' };

/**
 * The newest of what came, bounded in number and bytes. It counts what leaves, and what had not been shown before that, so that
 * nothing goes away in silence.
 */
export class EntryLog {
  /** Oldest first; what lies before `start` has left. */
  private items: LogItem[] = [];
  private start = 0;
  private bytes = 0;
  private nextKey = 1;
  /** Everything up to this key was in the list as it was shown. */
  private shownTo = 0;
  private counted = { taken: 0, takenBytes: 0, filtered: 0, left: 0, neverShown: 0 };

  get counts(): LogCounts {
    return { ...this.counted };
  }

  /** Counts an entry that the filter holds back. */
  pass(bytes: number): void {
    this.counted.taken += 1;
    this.counted.takenBytes += bytes;
    this.counted.filtered += 1;
  }

  /** Adds what is newer than everything in the list. */
  add(item: NewItem, isCounted = true): void {
    const bytes = sizeOf(item);
    if (isCounted && item.kind === 'entry') {
      this.counted.taken += 1;
      this.counted.takenBytes += bytes;
    }
    this.items.push({ ...item, key: this.newKey() });
    this.bytes += bytes;
    while (this.length > MOST_ITEMS || (this.bytes > MOST_BYTES && this.length > 1)) this.dropOldest();
  }

  /** Puts what is older than everything in the list before it; the newest leave where there is no room. */
  addOlder(items: readonly NewItem[]): void {
    const all: LogItem[] = [...items.map((item) => ({ ...item, key: this.newKey() })), ...this.items.slice(this.start)];
    let bytes = 0;
    const room = all.findIndex((item, index) => (bytes += sizeOf(item)) > MOST_BYTES || index >= MOST_ITEMS);
    this.replace(room < 0 ? all : all.slice(0, Math.max(1, room)));
  }

  /** The IDs of the oldest and the newest item in the list. */
  get ends(): readonly [oldest: string | undefined, newest: string | undefined] {
    return [this.items[this.start]?.id, this.items.at(-1)?.id];
  }

  get length(): number {
    return this.items.length - this.start;
  }

  /** What is in the list, newest first; it counts as shown from here on. */
  show(): readonly LogItem[] {
    this.shownTo = this.nextKey - 1;
    return this.items.slice(this.start).reverse();
  }

  /** Begins to hold back what does not match, and counts it anew. */
  keep(matches: (item: LogItem) => boolean): void {
    const { length } = this;
    this.replace(this.items.slice(this.start).filter(matches));
    this.counted.filtered = length - this.length;
  }

  private replace(items: LogItem[]): void {
    this.items = items;
    this.start = 0;
    this.bytes = items.reduce((sum, item) => sum + sizeOf(item), 0);
  }

  private newKey(): number {
    const key = this.nextKey;
    this.nextKey += 1;
    return key;
  }

  private dropOldest(): void {
    const item = this.items[this.start]!;
    this.bytes -= sizeOf(item);
    this.counted.left += 1;
    if (item.key > this.shownTo) this.counted.neverShown += 1;
    this.items[this.start] = GONE;
    this.start += 1;
    // Now and then, so that what is added costs the same however long the list is.
    if (this.start >= MOST_ITEMS / 4) {
      this.items = this.items.slice(this.start);
      this.start = 0;
    }
  }
}

function sizeOf(item: NewItem): number {
  return item.kind === 'entry' ? item.data.length : 0;
}
