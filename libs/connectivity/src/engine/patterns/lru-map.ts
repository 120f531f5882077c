/** A map that forgets what was not asked for the longest, above a total size. */
export class LruMap<Key, Value> {
  private readonly entries = new Map<Key, Value>();
  private total = 0;
  /** The key at the end; what is asked for again and again need not be moved. */
  private newest: Key | undefined;

  /** @param sizeOf size of one value; the capacity counts in the same unit */
  constructor(
    private readonly capacity: number,
    private readonly sizeOf: (value: Value) => number = () => 1,
  ) {}

  get size(): number {
    return this.total;
  }

  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined || key === this.newest) return value;
    this.newest = key;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const size = this.sizeOf(value);
    if (size > this.capacity) return;
    this.entries.set(key, value);
    this.newest = key;
    this.total += size;
    for (const oldest of this.entries.keys()) {
      if (this.total <= this.capacity) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const value = this.entries.get(key);
    if (value === undefined) return;
    this.entries.delete(key);
    this.total -= this.sizeOf(value);
  }
}
