import { callOut, thrownText } from '@millrace/protocol';

/** How far a transfer is: what was acknowledged, or what was taken. */
export interface TransferProgress {
  readonly entries: number;
  readonly bytes: number;
}

/** Calls a listener of a transfer. The transfer is ended by what it throws, or rejects with. */
export function tellListener(call: () => unknown, end: (reason: Error) => void): void {
  // A reason that is not even true would not count as one.
  callOut(call, (thrown) => end((thrown || new Error(thrownText(thrown))) as Error));
}

/** Counts a transfer, and reports it to a listener, whose failure ends it. */
export class ProgressCounter implements TransferProgress {
  entries = 0;
  bytes = 0;

  constructor(
    private readonly listener: ((progress: TransferProgress) => void) | undefined,
    private readonly end: (reason: Error) => void,
  ) {}

  add(entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
    const { listener } = this;
    if (listener) tellListener(() => listener({ entries: this.entries, bytes: this.bytes }), this.end);
  }
}
