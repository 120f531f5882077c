import { joinEntries, startsOf } from '@millrace/protocol';
import type { IdClock } from './id-clock.js';

/** What a batch is made with. */
export interface Batching {
  readonly stream: string;
  /** Gives the IDs; without one the server does. */
  readonly clock: IdClock | undefined;
}

/**
 * Entries that are sent, and acknowledged, as one: a single entry as one binary message; a batch, which is stored whole or
 * not at all, as a header that says where each entry starts, and a blob (stream-store§6).
 */
export class PushUnit {
  /** The IDs of the entries, once they are stored. */
  readonly outcome: Promise<string[]>;
  bytes: number;
  private ids: string[] | undefined;
  private settle!: { resolve(ids: string[]): void; reject(error: unknown): void };

  /** @param data the entries, to which more may be added */
  constructor(
    private readonly data: Uint8Array[],
    private readonly batching: Batching | undefined,
  ) {
    this.bytes = data.reduce((sum, { length }) => sum + length, 0);
    this.outcome = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  get entries(): number {
    return this.data.length;
  }

  /** The ID of its last entry, where this push gave it. */
  get lastId(): string | undefined {
    return this.ids?.at(-1);
  }

  /** Adds an entry; not to be called once the unit is sent. */
  add(data: Uint8Array): void {
    this.data.push(data);
    this.bytes += data.length;
  }

  /** The messages it is made of. */
  frames(): readonly (string | Uint8Array)[] {
    if (!this.batching) return this.data;
    const { stream, clock } = this.batching;
    // As late as possible: the clock must first know the stream's last ID.
    if (clock) this.ids ??= this.data.map(() => clock.next());
    const { starts, length } = startsOf(this.data);
    const header = this.ids?.map((id, index) => [stream, id, starts[index]]) ?? starts;
    return [JSON.stringify(header), joinEntries(this.data, length)];
  }

  /** The server has stored it. @param ack the text that says so */
  stored(ack: string): void {
    this.settle.resolve(this.batching ? ack.split(',') : [ack]);
  }

  /** It was stored, as was found after a cut. */
  found(): void {
    this.settle.resolve(this.ids ?? []);
  }

  failed(error: unknown): void {
    this.settle.reject(error);
  }
}
