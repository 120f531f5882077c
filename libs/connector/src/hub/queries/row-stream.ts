import type { RowSink } from './open-query.js';

/** Hands rows on as they come; what its reader has not taken counts against the limits. */
export class RowStream<Row> implements RowSink {
  private readonly batches: { readonly rows: readonly Row[]; readonly bytes: number }[] = [];
  private ended = false;
  private error: Error | undefined;
  private wake: (() => void) | undefined;
  readonly held = { rows: 0, bytes: 0 };

  rows(rows: readonly unknown[], bytes: number): void {
    this.batches.push({ rows: rows as readonly Row[], bytes });
    this.held.rows += rows.length;
    this.held.bytes += bytes;
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  fail(error: Error): void {
    this.error = error;
    this.wake?.();
  }

  /** @throws the error of the query, once the rows before it have been taken */
  async *read(): AsyncGenerator<Row, void, undefined> {
    for (;;) {
      const batch = this.batches.shift();
      if (batch) {
        this.held.rows -= batch.rows.length;
        this.held.bytes -= batch.bytes;
        yield* batch.rows;
      } else if (this.error) throw this.error;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}
