import type { EntryId, NewEntry } from '../../../api/stream-store.js';
import { redisStoreError } from '../redis-store-error.js';

/** Entries that go together, all or none: those of one append, or of several with new IDs in one stream. */
export class AppendGroup {
  readonly entries: NewEntry[] = [];
  readonly streams = new Set<string>();
  bytes = 0;
  /** The text of its script goes with it: Redis does not know the digest. */
  byText = false;
  private readonly parts: {
    readonly count: number;
    readonly resolve: (ids: EntryId[]) => void;
    readonly reject: (error: unknown) => void;
  }[] = [];

  /**
   * @param mode `plain`: new IDs only. `own`: some entries ask for theirs. `check`: whether they would get them
   * @param begins whether a stream that is not there begins by it; otherwise it is not stored then
   */
  constructor(
    readonly mode: 'plain' | 'own' | 'check',
    public begins: boolean,
  ) {}

  /** The stream, of several one. */
  get stream(): string {
    return this.entries[0]?.stream ?? '';
  }

  /**
   * @returns the IDs of these entries
   * @throws EntryIdError, StoreFullError, StoreUnavailableError
   */
  add(entries: readonly NewEntry[]): Promise<EntryId[]> {
    for (const entry of entries) {
      this.entries.push(entry);
      this.streams.add(entry.stream);
      this.bytes += entry.data.length;
    }
    return new Promise((resolve, reject) => this.parts.push({ count: entries.length, resolve, reject }));
  }

  /** @param ids those of all entries */
  stored(ids: readonly EntryId[]): void {
    let from = 0;
    for (const { count, resolve } of this.parts) resolve(ids.slice(from, (from += count)));
  }

  failed(error: unknown): void {
    const reason = redisStoreError(error);
    for (const { reject } of this.parts) reject(reason);
  }

  /** Whether both append to one stream. */
  meets(other: AppendGroup): boolean {
    for (const stream of this.streams) if (other.streams.has(stream)) return true;
    return false;
  }
}
