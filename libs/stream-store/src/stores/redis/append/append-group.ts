import type { MillraceError } from '@millrace/core/errors';
import type { EntryId, NewEntry, ProducerPosition } from '../../../api/stream-store.js';
import { redisStoreError } from '../redis-store-error.js';

/** The entries of one append. */
export interface AppendPart {
  readonly count: number;
  readonly producer: ProducerPosition | undefined;
  readonly resolve: (ids: EntryId[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Entries that go together, all or none: those of one append, or of several with new IDs in one stream. Where some are of
 * producers, each append is stored or refused by itself.
 */
export class AppendGroup {
  readonly entries: NewEntry[] = [];
  readonly streams = new Set<string>();
  bytes = 0;
  /** The text of its script goes with it: Redis does not know the digest. */
  byText = false;
  readonly parts: AppendPart[] = [];
  /** Whether some of them are of producers. */
  isProduced = false;

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
   * @throws EntryIdError, ProducerError, StoreFullError, StoreUnavailableError
   */
  add(entries: readonly NewEntry[], producer?: ProducerPosition): Promise<EntryId[]> {
    for (const entry of entries) {
      this.entries.push(entry);
      this.streams.add(entry.stream);
      this.bytes += entry.data.length;
    }
    this.isProduced ||= producer !== undefined;
    return new Promise((resolve, reject) => this.parts.push({ count: entries.length, producer, resolve, reject }));
  }

  /** @param answers of each append its IDs, or why it is refused */
  answered(answers: readonly (EntryId[] | MillraceError)[]): void {
    for (const [index, { resolve, reject }] of this.parts.entries()) {
      const answer = answers[index] as EntryId[] | MillraceError;
      if (Array.isArray(answer)) resolve(answer);
      else reject(answer);
    }
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
