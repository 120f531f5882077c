/** Where the rows of one query go. */
export interface RowSink {
  rows(rows: readonly unknown[], bytes: number): void;
  end(): void;
  fail(error: Error): void;
  /** Rows and bytes that count against the limits. */
  readonly held: { readonly rows: number; readonly bytes: number };
}
