import type { RpcProgress } from '@millrace/protocol';
/** How many unread progress messages are kept; beyond, the oldest give way, for only the newest matter. */
const KEPT = 1000;

/** Progress on its way to the caller that iterates. */
export class ProgressQueue implements AsyncIterable<RpcProgress> {
  private unread: RpcProgress[] = [];
  private ended = false;
  private wake: (() => void)[] = [];

  push(progress: RpcProgress): void {
    if (this.ended) return;
    this.unread.push(progress);
    if (this.unread.length > KEPT) this.unread.shift();
    this.wakeAll();
  }

  end(): void {
    this.ended = true;
    this.wakeAll();
  }

  /** Yields what is unread and what arrives; ends with the reply. Several readers share the messages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RpcProgress, void, undefined> {
    for (;;) {
      const next = this.unread.shift();
      if (next) yield next;
      else if (this.ended) return;
      else await new Promise<void>((resolve) => this.wake.push(resolve));
    }
  }

  private wakeAll(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }
}
