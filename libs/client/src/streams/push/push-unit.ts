import { joinEntries, startsOf } from '@millrace/protocol';

/**
 * Entries that are sent, and acknowledged, as one: a single entry as one binary message; a batch, which is stored whole or
 * not at all, as a header that says where each entry starts, and a blob (stream-store§6).
 */
export class PushUnit {
  /** The IDs of the entries, once they are stored. */
  readonly outcome: Promise<string[]>;
  bytes: number;
  /** The producer's number of the first entry, once it is sent. */
  sequence = 0;
  private settle!: { resolve(ids: string[]): void; reject(error: unknown): void };

  /** @param data the entries, to which more may be added */
  constructor(
    private readonly data: Uint8Array[],
    private readonly isBatch: boolean,
  ) {
    this.bytes = data.reduce((sum, { length }) => sum + length, 0);
    this.outcome = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  get entries(): number {
    return this.data.length;
  }

  /** Adds an entry; not to be called once the unit is sent. */
  add(data: Uint8Array): void {
    this.data.push(data);
    this.bytes += data.length;
  }

  /** The messages it is made of. */
  frames(): readonly (string | Uint8Array)[] {
    if (!this.isBatch) return this.data;
    const { starts, length } = startsOf(this.data);
    return [JSON.stringify(starts), joinEntries(this.data, length)];
  }

  /** The server has stored it. @param ack the text that says so */
  stored(ack: string): void {
    this.settle.resolve(this.isBatch ? ack.split(',') : [ack]);
  }

  failed(error: unknown): void {
    this.settle.reject(error);
  }
}
