import type { IdClock } from '../entry-id.js';

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
    const starts: number[] = [];
    let end = 0;
    for (const { length } of this.data) {
      starts.push(end);
      end += length;
    }
    const header = this.ids?.map((id, index) => [this.stream, id, starts[index]]) ?? starts;
    return [JSON.stringify(header), joined(this.data, end)];
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

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const blob = new Uint8Array(length);
  let end = 0;
  for (const part of parts) {
    blob.set(part, end);
    end += part.length;
  }
  return blob;
}
