import { type EntryId, formatId, type IdParts } from '@millrace/protocol';
import type { ProducerPosition } from '../../../api/stream-store.js';
import { parseId } from '../../../engine/entry-id.js';
import type { ProducerPlace } from '../../producers/position.js';
import { IDLE_MS, MOST_PRODUCERS, MOST_RUNS } from '../../producers/producer-limits.js';
import { extended, idsIn, type Run, runsOf } from '../../producers/runs.js';
import type { EmbeddedDatabase } from '../embedded-database.js';
import { lastPlace, producerKey, producersOf } from './producer-keys.js';
import { type ProducerRecord, sealProducer } from '../records.js';

interface KnownProducer extends ProducerPlace {
  readonly epoch: number;
  next: number;
  /** What it has stored last, and the place of its record. */
  run: Run | undefined;
  place: number;
  usedAt: number;
}

/** Who has stored what in which stream: where each producer stands is in memory, and the IDs are on disk. */
export class ProducerTable {
  /** By the numbers of streams. The producer that was used last is the last one. */
  private readonly streams = new Map<number, Map<string, KnownProducer>>();

  constructor(private readonly database: EmbeddedDatabase) {}

  placeOf(number: number, id: string): ProducerPlace | undefined {
    return this.producersOf(number).get(id);
  }

  /**
   * Writes down what a producer stores. It is part of the transaction that the caller's turn makes.
   *
   * @param known entries of the append that were there before
   * @param ids of those behind
   */
  record(
    number: number,
    { id, epoch, sequence }: ProducerPosition,
    known: number,
    ids: readonly IdParts[],
  ): Promise<boolean>[] {
    const { producers: records } = this.database;
    const producers = this.producersOf(number);
    const before = producers.get(id);
    const place = before?.place ?? lastPlace(records, number, id) ?? -1;
    const producer =
      before?.epoch === epoch ? before : { epoch, next: sequence, run: undefined, place, usedAt: Date.now() };
    producer.usedAt = Date.now();
    const writes: Promise<boolean>[] = [];
    for (const run of runsOf(sequence + known, ids)) {
      const longer = producer.run && extended(producer.run, run);
      if (!longer) producer.place += 1;
      producer.run = longer ?? run;
      producer.next = run.sequence + run.entries;
      const key = producerKey(number, id, producer.place);
      const { sequence: first, entries, id: firstId } = producer.run;
      const record = { epoch, sequence: first, entries, id: formatId(firstId), at: producer.usedAt };
      writes.push(records.put(key, sealProducer(key, record)));
      const old = producer.place - MOST_RUNS;
      if (!longer && old >= 0) writes.push(records.remove(producerKey(number, id, old)));
    }
    producers.delete(id);
    producers.set(id, producer);
    if (!before) writes.push(...this.forgetSilent(number, producers, producer.usedAt));
    return writes;
  }

  /** IDs of entries that are on disk; undefined where one is not known. */
  idsOf(number: number, id: string, from: number, to: number): EntryId[] | undefined {
    const producer = this.producersOf(number).get(id);
    return producer && idsIn(this.runs(number, id, producer, from), from, to);
  }

  /** Finds out anew where a producer stands, after a write of it has failed. */
  reload(number: number, id: string): void {
    const producer = this.read(number, id);
    if (producer) this.streams.get(number)?.set(id, producer);
    else this.streams.get(number)?.delete(id);
  }

  /** To be called when a stream is removed. */
  forget(number: number): void {
    this.streams.delete(number);
  }

  /** What a producer has stored, the newest first, up to an entry. */
  private *runs(number: number, id: string, { epoch, place }: KnownProducer, from: number): Generator<Run> {
    for (let at = place; at >= Math.max(0, place - MOST_RUNS); at -= 1) {
      const record = this.database.records.get('producers', producerKey(number, id, at));
      // What is on its way is not there yet; one that is damaged leaves a hole.
      if (!record) continue;
      if (record.epoch !== epoch) return;
      yield runOf(record);
      if (record.sequence <= from) return;
    }
  }

  private producersOf(number: number): Map<string, KnownProducer> {
    const known = this.streams.get(number);
    if (known) return known;
    const found = producersOf(this.database.producers, number).flatMap((id) => {
      const producer = this.read(number, id);
      return producer && Date.now() - producer.usedAt < IDLE_MS ? [[id, producer] as const] : [];
    });
    const producers = new Map(found.sort(([, one], [, other]) => one.usedAt - other.usedAt));
    this.streams.set(number, producers);
    return producers;
  }

  private read(number: number, id: string): KnownProducer | undefined {
    const place = lastPlace(this.database.producers, number, id);
    const record = place !== undefined && this.database.records.get('producers', producerKey(number, id, place));
    if (!record) return undefined;
    const run = runOf(record);
    return { epoch: record.epoch, next: run.sequence + run.entries, run, place, usedAt: record.at };
  }

  /** Removes those that were silent longest. A producer has few records, but for one that has appended often. */
  private forgetSilent(number: number, producers: Map<string, KnownProducer>, now: number): Promise<boolean>[] {
    const removals: Promise<boolean>[] = [];
    for (const [id, { place, usedAt }] of producers) {
      if (producers.size <= MOST_PRODUCERS && now - usedAt < IDLE_MS) break;
      producers.delete(id);
      for (let at = Math.max(0, place - MOST_RUNS); at <= place; at += 1)
        removals.push(this.database.producers.remove(producerKey(number, id, at)));
    }
    return removals;
  }
}

function runOf({ sequence, entries, id }: ProducerRecord): Run {
  return { sequence, entries, id: parseId(id) };
}
