import { compareIds, type EntryId } from '@millrace/protocol';
import { ASIDE } from './group-rules.js';

/** The entries that a group has set aside: IDs, and bytes of their copies. */
export class AsideList {
  private readonly sizes: Map<EntryId, number>;
  private bytes = 0;

  constructor(entries: readonly (readonly [EntryId, number])[] = []) {
    this.sizes = new Map(entries);
    for (const size of this.sizes.values()) this.bytes += size;
  }

  get size(): number {
    return this.sizes.size;
  }

  get entries(): [EntryId, number][] {
    return [...this.sizes];
  }

  /** The IDs, from the lowest on. */
  get ids(): EntryId[] {
    return [...this.sizes.keys()].sort(compareIds);
  }

  has(id: EntryId): boolean {
    return this.sizes.has(id);
  }

  /** @returns those that had to go for it */
  add(id: EntryId, bytes: number): EntryId[] {
    this.delete(id);
    this.sizes.set(id, bytes);
    this.bytes += bytes;
    if (this.size <= ASIDE.entries && this.bytes <= ASIDE.bytes) return [];
    const dropped: EntryId[] = [];
    for (const lowest of this.ids) {
      if (this.size <= ASIDE.entries && this.bytes <= ASIDE.bytes) break;
      if (lowest === id) continue;
      this.delete(lowest);
      dropped.push(lowest);
    }
    return dropped;
  }

  delete(id: EntryId): boolean {
    this.bytes -= this.sizes.get(id) ?? 0;
    return this.sizes.delete(id);
  }
}
