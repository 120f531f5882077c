import type { EntryId } from '@millrace/protocol';
import type { AsideRecord, GroupStorage } from '../groups/group-record.js';

/** Keeps what groups set aside in memory; the groups themselves are there anyhow. */
export class MemoryGroups implements GroupStorage {
  private readonly aside = new Map<string, AsideRecord>();

  async save(): Promise<void> {
    // Nothing outlives the process.
  }

  async remove(stream: string, group: string, aside: readonly EntryId[]): Promise<void> {
    for (const id of aside) this.aside.delete(keyOf(stream, group, id));
  }

  async saveAside(stream: string, group: string, record: AsideRecord): Promise<void> {
    this.aside.set(keyOf(stream, group, record.id), record);
  }

  async removeAside(stream: string, group: string, id: EntryId): Promise<void> {
    this.aside.delete(keyOf(stream, group, id));
  }

  readAside(stream: string, group: string, id: EntryId): AsideRecord | undefined {
    return this.aside.get(keyOf(stream, group, id));
  }
}

function keyOf(...parts: string[]): string {
  return JSON.stringify(parts);
}
