import type { EntryId } from '@millrace/protocol';

/** The one reader of a process: brings the news of every followed stream to its tail. */
export interface RedisTail {
  follow(stream: string, after: EntryId): void;
  unfollow(stream: string): void;
  /** To be called when a stream was deleted by this process. */
  wake(): void;
  /** Resolves when the reader has ended. */
  close(): Promise<void>;
}
