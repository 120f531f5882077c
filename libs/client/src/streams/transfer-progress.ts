/** How far a transfer is: what was acknowledged, or what was taken. */
export interface TransferProgress {
  readonly entries: number;
  readonly bytes: number;
}

/** Counts a transfer, and reports it to a listener. */
export class ProgressCounter implements TransferProgress {
  entries = 0;
  bytes = 0;

  constructor(private readonly listener: ((progress: TransferProgress) => void) | undefined) {}

  add(entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
    this.listener?.({ entries: this.entries, bytes: this.bytes });
  }
}
