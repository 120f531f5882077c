import type { UnreadableEntry } from '@millrace/protocol';
import type { StoredEntry } from '../../api/stream-store.js';
import type { Conversion } from '../conversion/conversion.js';
import { type Converted, convertEntries } from '../conversion/convert-entries.js';
import { PAIR_BYTES, type PairBatch, type PairSource } from './pair-source.js';

/**
 * Converts what a source gives. A batch comes in parts where one of its entries cannot be converted, so that the notice
 * stands between the entries before and behind it; and where the converted entries are too large for one pair.
 */
export function convertedPairs(source: PairSource, conversion: Conversion): PairSource {
  let rest: AsyncGenerator<Converted> | undefined;
  let next: Converted | undefined;

  const advance = async (): Promise<void> => {
    const step = await rest?.next();
    next = step?.done === false ? step.value : undefined;
  };

  /** Notices, then the entries up to the next notice, as many as a pair has room for. */
  const takePart = async (): Promise<Pick<PairBatch, 'entries' | 'unreadable'>> => {
    const unreadable: UnreadableEntry[] = [];
    const entries: StoredEntry[] = [];
    for (; next?.unreadable; await advance()) unreadable.push(next.unreadable);
    for (let bytes = 0; next?.entry; await advance()) {
      bytes += next.entry.data.length;
      if (entries.length > 0 && bytes > PAIR_BYTES) break;
      entries.push(next.entry);
    }
    return { entries, unreadable };
  };

  const take = async (): Promise<PairBatch> => {
    if (next) return { ...(await takePart()), gaps: [], shared: false };
    const batch = await source.take();
    if (batch.entries.length === 0) return batch;
    rest = convertEntries(batch.entries, conversion);
    await advance();
    const { gaps, skipped } = batch;
    return { ...(await takePart()), gaps, shared: false, ...(skipped ? { skipped } : {}) };
  };
  return { pairSize: source.pairSize, isOneRun: false, take };
}
