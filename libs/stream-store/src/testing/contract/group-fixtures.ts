import type { GroupBatch, GroupMember, GroupOptions } from '../../api/stream-groups.js';
import type { StreamStore } from '../../api/stream-store.js';
import { texts, until } from './fixtures.js';

/** A consumer of the group `g` of the stream `s`. */
export class Member {
  readonly key: GroupMember;

  constructor(
    readonly store: StreamStore,
    consumer = 'a',
  ) {
    this.key = { stream: 's', group: 'g', consumer };
  }

  take(count = 10): Promise<GroupBatch> {
    return this.store.groups.take(this.key, { count });
  }

  /** Asks until entries come. */
  some(count = 10): Promise<GroupBatch> {
    return until(`entries for ${this.key.consumer}`, async () => {
      const batch = await this.take(count);
      return batch.entries.length > 0 ? batch : undefined;
    });
  }

  /** Takes and acknowledges what there is at once. @returns the data */
  async all(count = 10): Promise<string[]> {
    const seen: string[] = [];
    for (;;) {
      const { entries, gap } = await this.take(count);
      if (entries.length === 0 && !gap) return seen;
      seen.push(...texts(entries));
      await this.done(entries, gap !== undefined);
    }
  }

  done(entries: readonly { readonly id: string }[], gap = false): Promise<number> {
    return this.store.groups.acknowledge(this.key, { ids: entries.map(({ id }) => id), gap });
  }
}

/** Opens the group, and gives a consumer of it for each name. */
export async function members(
  store: StreamStore,
  options: GroupOptions,
  ...consumers: string[]
): Promise<[Member, Member]> {
  await store.groups.open('s', 'g', options);
  const [first = 'a', second = 'b'] = consumers;
  return [new Member(store, first), new Member(store, second)];
}
