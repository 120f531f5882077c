import type { EntryId } from '@millrace/protocol';
import type { AsideRecord, GroupRecord, GroupStorage } from '../groups/group-record.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import { asideKey, LOST_GROUP, positionKey } from './records.js';
import { recordCost, removalCost, sumOf } from './room/write-cost.js';

/** Keeps groups of consumers in LMDB. What is written in one turn of the event loop is one transaction. */
export class EmbeddedGroups implements GroupStorage {
  constructor(private readonly database: EmbeddedDatabase) {}

  /** All groups that are stored; one that is damaged begins with all that is kept. */
  *all(): Generator<[stream: string, group: string, record: GroupRecord]> {
    for (const [key, record = LOST_GROUP] of this.database.records.all('groups')) {
      const named = namesOf(key);
      if (named) yield [...named, record];
    }
  }

  save(stream: string, group: string, record: GroupRecord): Promise<unknown> {
    const key = positionKey(group, stream);
    return this.database.write('state', recordCost([key, record]), () => this.database.groups.put(key, record));
  }

  remove(stream: string, group: string, aside: readonly EntryId[]): Promise<unknown> {
    const { database } = this;
    const key = positionKey(group, stream);
    // The position of an earlier release goes too, or a new group of this name would begin there.
    return database.write('removal', sumOf([removalCost(aside.length + 2, 0)]), () =>
      Promise.all([
        database.groups.remove(key),
        database.positions.remove(key),
        ...aside.map((id) => database.aside.remove(asideKey(group, stream, id))),
      ]),
    );
  }

  saveAside(stream: string, group: string, record: AsideRecord): Promise<unknown> {
    const key = asideKey(group, stream, record.id);
    return this.database.write('state', recordCost([key, record]), () => this.database.aside.put(key, record));
  }

  removeAside(stream: string, group: string, id: EntryId): Promise<unknown> {
    const key = asideKey(group, stream, id);
    return this.database.write('removal', removalCost(1, 0), () => this.database.aside.remove(key));
  }

  readAside(stream: string, group: string, id: EntryId): AsideRecord | undefined {
    return this.database.records.get('aside', asideKey(group, stream, id));
  }
}

function namesOf(key: string): [stream: string, group: string] | undefined {
  try {
    const [group, stream] = JSON.parse(key) as unknown[];
    if (typeof group === 'string' && typeof stream === 'string') return [stream, group];
  } catch {
    // The key itself is damaged.
  }
  return undefined;
}
