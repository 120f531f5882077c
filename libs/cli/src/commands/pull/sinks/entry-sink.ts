import type { StreamEntry } from '@millrace/client';

/** Where pulled entries go. */
export interface EntrySink {
  write(entry: StreamEntry): Promise<void>;
  /** Everything is safe when this resolves. */
  close(): Promise<void>;
}
