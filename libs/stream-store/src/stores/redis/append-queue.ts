import type { EntryId, NewEntry } from '../../api/stream-store.js';
import { parseRequest } from '../../engine/entry-id.js';
import { redisStoreError } from './redis-store-error.js';
import type { RedisClient } from '@millrace/core/redis';
import type { RedisKeys } from './redis-keys.js';
import { APPEND_ENTRIES } from './scripts.js';

/** What one call of the script takes of small appends that came in together. */
const MERGED_ENTRIES = 1000;
const MERGED_BYTES = 4 * 1024 * 1024;

interface Append {
  readonly entries: readonly NewEntry[];
  readonly resolve: (ids: EntryId[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Appends that go in one call. */
interface Group {
  /** The stream, when all entries go to one and ask for no ID; other appends go by themselves. */
  readonly plainStream: string | undefined;
  readonly appends: Append[];
  entries: number;
  bytes: number;
}

/** Collects the appends of one turn of the event loop and sends them in one write, in the order of the calls. */
export class AppendQueue {
  private waiting: Group[] = [];
  private underWay = new Set<Promise<unknown>>();

  /**
   * @param maxLength entries that a stream may keep; 0 while that is not known
   * @param onBegun called with the streams of an append, before it is answered, when one of them was not there before
   */
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly isCluster: boolean,
    private readonly maxLength: (stream: string) => number,
    private readonly onBegun: (streams: readonly string[]) => void,
  ) {}

  /** @throws EntryIdError, StoreFullError, StoreUnavailableError */
  append(entries: readonly NewEntry[]): Promise<EntryId[]> {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) setImmediate(() => this.flush());
      this.groupFor(entries).appends.push({ entries, resolve, reject });
    });
  }

  /** Resolves when everything that was appended has been answered. */
  async drain(): Promise<void> {
    if (this.waiting.length > 0) this.flush();
    await Promise.allSettled(this.underWay);
  }

  /** The last group, where the entries may go with it, or a new one. */
  private groupFor(entries: readonly NewEntry[]): Group {
    const [first] = entries;
    const plain = entries.every(({ stream, id }) => id === undefined && stream === first?.stream);
    const plainStream = plain ? first?.stream : undefined;
    let bytes = 0;
    for (const { data } of entries) bytes += data.length;
    const last = this.waiting.at(-1);
    if (last && plainStream !== undefined && last.plainStream === plainStream) {
      last.entries += entries.length;
      last.bytes += bytes;
      if (last.entries <= MERGED_ENTRIES && last.bytes <= MERGED_BYTES) return last;
    }
    const group: Group = { plainStream, appends: [], entries: entries.length, bytes };
    this.waiting.push(group);
    return group;
  }

  private flush(): void {
    const groups = this.waiting;
    this.waiting = [];
    for (const group of groups) {
      const sent = this.send(group).catch((error: unknown) => {
        for (const { reject } of group.appends) reject(redisStoreError(error));
      });
      this.underWay.add(sent);
      void sent.then(() => this.underWay.delete(sent));
    }
  }

  private async send({ plainStream, appends }: Group): Promise<void> {
    const [first] = appends;
    if (plainStream === undefined) {
      first?.resolve(await this.transaction(first.entries));
      return;
    }
    const entries = first && appends.length === 1 ? first.entries : appends.flatMap((append) => append.entries);
    const ids = await this.run('plain', entries);
    let from = 0;
    for (const { entries: own, resolve } of appends) resolve(ids.slice(from, (from += own.length)));
  }

  /**
   * In a cluster the streams may lie on different servers, and no transaction spans those: there all IDs are checked
   * first, then each stream gets its part as a transaction of its own.
   */
  private async transaction(entries: readonly NewEntry[]): Promise<EntryId[]> {
    if (!this.isCluster) return this.run('own', entries);
    const parts = new Map<string, NewEntry[]>();
    for (const entry of entries) {
      const part = parts.get(entry.stream);
      if (part) part.push(entry);
      else parts.set(entry.stream, [entry]);
    }
    if (parts.size > 1) await Promise.all([...parts.values()].map((part) => this.run('check', part)));
    const ids = new Map<string, Iterator<EntryId, undefined>>();
    await Promise.all(
      [...parts].map(async ([stream, part]) => ids.set(stream, (await this.run('own', part)).values())),
    );
    return entries.map(({ stream }) => ids.get(stream)?.next().value as EntryId);
  }

  private async run(mode: 'plain' | 'own' | 'check', entries: readonly NewEntry[]): Promise<EntryId[]> {
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
    // Where there can be no floor the stream itself stands for it: it is looked at only when there is no such key.
    const floors = streams.map((stream, index) => this.keys.floor(stream, this.isCluster) ?? (keys[index] as string));
    // The text each time: a known script that Redis has forgotten would be sent again behind later appends.
    const values = [...keys, ...floors, mode, String(Date.now()), ...limits].concat(items as string[]);
    const ids = (await this.redis.eval(APPEND_ENTRIES, keys.length * 2, values)) as EntryId[];
    if (ids.length > entries.length) {
      ids.length = entries.length;
      this.onBegun(streams);
    }
    return ids;
  }
}

/** An ID as the script takes it: `<ms>-<seq>` or `<ms>-*`, without leading zeros. @throws EntryIdError */
export function askedId(text: string): string {
  const { ms, seq } = parseRequest(text);
  return `${ms}-${seq ?? '*'}`;
}
