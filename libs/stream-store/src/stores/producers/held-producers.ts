import type { EntryId, IdParts } from '@millrace/protocol';
import type { ProducerPosition } from '../../api/stream-store.js';
import { countKnown, forgotten } from './position.js';
import { IDLE_MS, MOST_PRODUCERS, MOST_RUNS } from './producer-limits.js';
import { extended, idsIn, type Run, runsOf } from './runs.js';

interface HeldProducer {
  readonly epoch: number;
  next: number;
  readonly runs: Run[];
  usedAt: number;
}

/** The producers of one stream, in memory: who has stored what. */
export class HeldProducers {
  /** The one that was used last is the last one. */
  private readonly producers = new Map<string, HeldProducer>();

  /**
   * IDs of the first entries of an append that are stored already.
   *
   * @throws ProducerError
   */
  known(position: ProducerPosition, entries: number): EntryId[] {
    const { id, sequence } = position;
    const producer = this.producers.get(id);
    const known = countKnown(producer, position, entries);
    if (!producer || known === 0) return [];
    const ids = idsIn(producer.runs, sequence, sequence + known);
    if (!ids) throw forgotten(position);
    return ids;
  }

  /** @param ids of the entries behind the first `known` ones */
  appended({ id, epoch, sequence }: ProducerPosition, known: number, ids: readonly IdParts[]): void {
    const before = this.producers.get(id);
    const producer = before?.epoch === epoch ? before : { epoch, next: sequence, runs: [], usedAt: 0 };
    for (const run of runsOf(sequence + known, ids)) {
      const last = producer.runs.at(-1);
      const longer = last && extended(last, run);
      if (longer) producer.runs[producer.runs.length - 1] = longer;
      else producer.runs.push(run);
      producer.next = run.sequence + run.entries;
    }
    if (producer.runs.length > MOST_RUNS) producer.runs.splice(0, producer.runs.length - MOST_RUNS);
    producer.usedAt = Date.now();
    this.producers.delete(id);
    this.producers.set(id, producer);
    if (!before) this.forget(producer.usedAt);
  }

  private forget(now: number): void {
    for (const [id, { usedAt }] of this.producers) {
      if (this.producers.size <= MOST_PRODUCERS && now - usedAt < IDLE_MS) break;
      this.producers.delete(id);
    }
  }
}
