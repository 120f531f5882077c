import { callOut, thrownIs, thrownText } from '@millrace/protocol';
import type { RowSink } from './open-query.js';

/** Gathers all rows for a promise. */
export class RowCollector<Row> implements RowSink {
  readonly held = { rows: 0, bytes: 0 };
  readonly result: Promise<Row[]>;
  private readonly gathered: Row[] = [];
  private failed = false;
  private resolve!: (rows: Row[]) => void;
  private reject!: (error: Error) => void;

  constructor(private readonly onRow?: (row: Row) => void) {
    this.result = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // It may fail before it is asked for: by its deadline, while another instance takes the query.
    this.result.catch(() => undefined);
  }

  rows(rows: readonly unknown[], bytes: number): void {
    this.held.rows += rows.length;
    this.held.bytes += bytes;
    for (const row of rows as readonly Row[]) {
      this.gathered.push(row);
      if (!this.failed) this.tell(row);
    }
  }

  /** What the asker's own callback throws is the asker's affair, not the session's. */
  private tell(row: Row): void {
    callOut(
      () => this.onRow?.(row),
      (error) => this.fail(thrownIs(error, Error) ? error : new Error(`The row callback failed: ${thrownText(error)}`)),
    );
  }

  end(): void {
    this.resolve(this.gathered);
  }

  fail(error: Error): void {
    this.failed = true;
    this.reject(error);
  }
}
