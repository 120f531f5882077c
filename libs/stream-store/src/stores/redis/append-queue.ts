import type { EntryId, NewEntry } from '../../api/stream-entry.js';
import { canonicalId, parseId } from '../../engine/entry-id.js';
import { redisStoreError } from './redis-store-error.js';
import type { RedisClient } from '@millrace/core/redis';
import type { RedisKeys } from './redis-keys.js';
import { APPEND_ENTRIES } from './scripts.js';

/** What one call of the script takes of small appends that came in together. */
const MERGED_ENTRIES = 1000;
const MERGED_BYTES = 4 * 1024 * 1024;

interface Append {
  readonly entries: readonly NewEntry[];
  /** The stream, when all entries go to one and ask for no ID. */
  readonly plainStream: string | undefined;
  readonly resolve: (ids: EntryId[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Collects the appends of one turn of the event loop and sends them in one write, in the order of the calls. */
export class AppendQueue {
  private waiting: Append[] = [];
  private underWay = new Set<Promise<unknown>>();

  /**
   * @param maxLength entries that a stream may keep; 0 while that is not known
   */
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly isCluster: boolean,
    private readonly maxLength: (stream: string) => number,
  ) {}

  /** @throws EntryIdError, StoreFullError, StoreUnavailableError */
  append(entries: readonly NewEntry[]): Promise<EntryId[]> {
    const [first] = entries;
    const plain = entries.every(({ stream, id }) => id === undefined && stream === first?.stream);
    return new Promise((resolve, reject) => {
      this.waiting.push({ entries, plainStream: plain ? first?.stream : undefined, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  /** Resolves when everything that was appended has been answered. */
  async drain(): Promise<void> {
    if (this.waiting.length > 0) this.flush();
    await Promise.allSettled(this.underWay);
  }

  private flush(): void {
    const appends = this.waiting;
    this.waiting = [];
    for (let index = 0; index < appends.length;) {
      const group = mergeable(appends, index);
      index += group.length;
      const sent = this.send(group).catch((error: unknown) => {
        for (const { reject } of group) reject(redisStoreError(error));
      });
      this.underWay.add(sent);
      void sent.then(() => this.underWay.delete(sent));
    }
  }

  private async send(group: readonly Append[]): Promise<void> {
    const [first] = group;
    if (first?.plainStream === undefined) {
      first?.resolve(await this.transaction(first.entries));
      return;
    }
    const entries = group.length === 1 ? first.entries : group.flatMap((append) => append.entries);
    const ids = await this.run('plain', entries);
    let from = 0;
    for (const { entries: own, resolve } of group) resolve(ids.slice(from, (from += own.length)));
  }

  /**
   * In a cluster the streams may lie on different servers, and no transaction spans those: there all IDs are checked
   * first, then each stream gets its part as a transaction of its own.
   */
  private async transaction(entries: readonly NewEntry[]): Promise<EntryId[]> {
    if (!this.isCluster) return this.run('own', entries);
    const parts = new Map<string, number[]>();
    for (const [place, { stream }] of entries.entries()) {
      const places = parts.get(stream);
      if (places) places.push(place);
      else parts.set(stream, [place]);
    }
    const pick = (places: number[]) => places.map((place) => entries[place] as NewEntry);
    if (parts.size > 1) await Promise.all([...parts.values()].map((places) => this.run('check', pick(places))));
    const ids: EntryId[] = [];
    await Promise.all(
      [...parts.values()].map(async (places) => {
        const given = await this.run('own', pick(places));
        for (const [index, place] of places.entries()) ids[place] = given[index] as EntryId;
      }),
    );
    return ids;
  }

  private run(mode: 'plain' | 'own' | 'check', entries: readonly NewEntry[]): Promise<EntryId[]> {
    const numbers = new Map<string, number>();
    const items: (string | Buffer)[] = [];
    for (const { stream, id, data } of entries) {
      let number = numbers.get(stream);
      if (number === undefined) numbers.set(stream, (number = numbers.size + 1));
      items.push(String(number), id === undefined ? '*' : askedId(id), data);
    }
    const streams = [...numbers.keys()];
    const keys = streams.map((stream) => this.keys.stream(stream));
    const limits = streams.map((stream) => String(this.maxLength(stream)));
    // The text each time: a known script that Redis has forgotten would be sent again behind later appends.
    const values = [...keys, mode, String(Date.now()), ...limits].concat(items as string[]);
    return this.redis.eval(APPEND_ENTRIES, keys.length, values) as Promise<EntryId[]>;
  }
}

/** The append at an index, with those behind it that may go in one call with it. */
function mergeable(appends: readonly Append[], index: number): Append[] {
  const first = appends[index] as Append;
  const group = [first];
  if (first.plainStream === undefined) return group;
  let entries = 0;
  let bytes = 0;
  const count = (append: Append) => {
    entries += append.entries.length;
    for (const { data } of append.entries) bytes += data.length;
  };
  count(first);
  for (let next = index + 1; next < appends.length; next += 1) {
    const append = appends[next] as Append;
    if (append.plainStream !== first.plainStream) break;
    count(append);
    if (entries > MERGED_ENTRIES || bytes > MERGED_BYTES) break;
    group.push(append);
  }
  return group;
}

/** An ID as the script takes it: `<ms>-<seq>` or `<ms>-*`, without leading zeros. @throws EntryIdError */
export function askedId(text: string): string {
  if (!/^\d+-\*$/.test(text)) return canonicalId(text);
  return `${parseId(text.slice(0, -2)).ms}-*`;
}
