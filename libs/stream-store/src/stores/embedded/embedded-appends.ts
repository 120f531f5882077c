import { type EntryId, formatId, type IdParts, ZERO_PARTS } from '@millrace/protocol';
import type { AppendOptions, NewEntry } from '../../api/stream-store.js';
import { nextId } from '../../engine/entry-id.js';
import { planAppend, type PlannedPart } from '../append-plan.js';
import { assertProducer, producedStream } from '../producers/position.js';
import { writeBlocks } from './block-writer.js';
import type { EmbeddedDatabase } from './embedded-database.js';
import type { HeadTable, StreamHead } from './head-table.js';
import { ProducerAppends } from './producers/producer-appends.js';
import { ProducerTable } from './producers/producer-table.js';
import { entriesCost, recordCost, sumOf, type WriteCost } from './room/write-cost.js';

/** What a record of a producer takes: it is never longer. */
const PRODUCER_COST = recordCost('x'.repeat(600));

/** What one append adds to a stream, with the head of that. */
export type AppendPart = PlannedPart & { readonly head: StreamHead };

/** Writes entries. All appends of one turn of the event loop are one transaction. */
export class EmbeddedAppends {
  private readonly producers: ProducerTable;
  private readonly produced: ProducerAppends;

  /** @param committed called with each part of an append that is on disk */
  constructor(
    private readonly database: EmbeddedDatabase,
    private readonly heads: HeadTable,
    private readonly committed: (part: AppendPart) => void,
  ) {
    const producers = (this.producers = new ProducerTable(database));
    this.produced = new ProducerAppends(heads, producers, ({ stream, producer, data, owner }, known) =>
      this.appendNew(stream, data.slice(known), owner, ({ number }, ids) =>
        producers.record(number, producer, known, ids),
      ),
    );
  }

  /** @throws as the store says, all but what is wrong with the name */
  async append(stream: string, entries: readonly Buffer[], options: AppendOptions): Promise<EntryId[]> {
    const { owner, producer } = options;
    if (!producer) return this.appendNew(stream, entries, owner);
    assertProducer(producer, entries.length);
    return this.produced.append({ stream, producer, data: entries, owner });
  }

  /** @throws as the store says, all but what is wrong with the names */
  async appendAll(entries: readonly NewEntry[], options: AppendOptions): Promise<EntryId[]> {
    const { owner, producer } = options;
    if (producer && entries.length > 0)
      return this.append(
        producedStream(entries, producer),
        entries.map(({ data }) => data),
        options,
      );
    for (const { stream } of entries) this.heads.assertTaking(stream);
    const { parts, ids } = planAppend(entries, (stream) => this.heads.get(stream)?.last, this.heads.floors);
    this.heads.names.assertRoom(parts, owner);
    const release = this.claimRoom(parts, owner);
    try {
      const claimed = parts.map((part) => ({
        ...part,
        head: this.heads.claim(part.stream, owner, part.floor ?? ZERO_PARTS),
      }));
      return await this.keep(claimed, ids);
    } finally {
      release();
    }
  }

  /** To be called when a stream is removed. */
  forget(number: number): void {
    this.producers.forget(number);
  }

  /** Resolves when the appends that wait for others have been answered. */
  settled(): Promise<void> {
    return this.produced.settled();
  }

  /** @param beside what else is written in the same transaction */
  private async appendNew(
    stream: string,
    data: readonly Buffer[],
    owner: string | undefined,
    beside?: (head: StreamHead, ids: readonly IdParts[]) => Promise<boolean>[],
  ): Promise<EntryId[]> {
    this.heads.assertTaking(stream);
    const release = this.claimRoom([{ stream, data }], owner, beside ? [PRODUCER_COST] : []);
    try {
      const head = this.heads.claim(stream, owner);
      const now = BigInt(Date.now());
      let { last } = head;
      const ids = data.map(() => (last = nextId(last, now)));
      return await this.keep([{ stream, head, data, ids }], ids, beside?.(head, ids));
    } finally {
      release();
    }
  }

  private keep(
    parts: readonly AppendPart[],
    ids: readonly IdParts[],
    beside: readonly Promise<boolean>[] = [],
  ): Promise<EntryId[]> {
    const writes = parts.flatMap(({ head, data, ids }) => writeBlocks(this.database.blocks, head, data, ids));
    return this.database.done(Promise.all([...writes, ...beside])).then(
      () => {
        for (const part of parts) this.committed(part);
        return ids.map(formatId);
      },
      async (error: unknown) => {
        await this.database.settled();
        this.heads.reload(parts.map(({ stream }) => stream));
        throw error;
      },
    );
  }

  private claimRoom(
    parts: readonly Pick<PlannedPart, 'stream' | 'data'>[],
    owner: string | undefined,
    more: readonly WriteCost[] = [],
  ): () => void {
    const { room } = this.database;
    const [first] = parts;
    if (!first) return () => undefined;
    const costs = parts.flatMap(({ stream, data }) =>
      this.heads.has(stream)
        ? [entriesCost(data)]
        : [entriesCost(data), recordCost(stream), recordCost(stream), recordCost(owner)],
    );
    return room.claim(
      sumOf([...costs, ...more]),
      'entries',
      costs.length === 1 ? this.heads.get(first.stream) : undefined,
    );
  }
}
