import { joinEntries, startsOf } from '@millrace/protocol';
import type { IdClock } from './id-clock.js';

/** What is sent, and acknowledged, as one. */
export interface PushUnit {
  readonly entries: number;
  readonly bytes: number;
  /** The ID of its last entry, where this push gave it. */
  readonly lastId: string | undefined;
  /** The messages it is made of. */
  frames(): readonly (string | Uint8Array)[];
  /** The server has stored it. @param ack the text that says so */
  stored(ack: string): void;
  /** It was stored, as was found after a cut. */
  found(): void;
  failed(error: unknown): void;
}

/** Hears what became of entries. */
export interface Settlement {
  resolve(ids: string[]): void;
  reject(error: unknown): void;
}

/** One entry as one binary message. */
export class PlainUnit implements PushUnit {
  readonly entries = 1;
  readonly lastId = undefined;

  constructor(
    private readonly data: Uint8Array,
    private readonly settlement: Settlement,
  ) {}

  get bytes(): number {
    return this.data.length;
  }

  frames(): readonly Uint8Array[] {
    return [this.data];
  }

  stored(ack: string): void {
    this.settlement.resolve([ack]);
  }

  found(): void {
    this.settlement.resolve([]);
  }

  failed(error: unknown): void {
    this.settlement.reject(error);
  }
}

/** Entries that are stored all or none: a header that says where each starts, and a blob (stream-store§6). */
export class BatchUnit implements PushUnit {
  readonly bytes: number;
  private ids: string[] | undefined;

  constructor(
    private readonly stream: string,
    private readonly data: readonly Uint8Array[],
    private readonly settlement: Settlement,
    /** Gives the IDs; without one the server does. */
    private readonly clock: IdClock | undefined,
  ) {
    this.bytes = data.reduce((sum, { length }) => sum + length, 0);
  }

  get entries(): number {
    return this.data.length;
  }

  get lastId(): string | undefined {
    return this.ids?.at(-1);
  }

  frames(): readonly (string | Uint8Array)[] {
    const { clock } = this;
    // As late as possible: the clock must first know the stream's last ID.
    if (clock) this.ids ??= this.data.map(() => clock.next());
    const { starts, length } = startsOf(this.data);
    const header = this.ids?.map((id, index) => [this.stream, id, starts[index]]) ?? starts;
    return [JSON.stringify(header), joinEntries(this.data, length)];
  }

  stored(ack: string): void {
    this.settlement.resolve(ack.split(','));
  }

  found(): void {
    this.settlement.resolve(this.ids ?? []);
  }

  failed(error: unknown): void {
    this.settlement.reject(error);
  }
}
