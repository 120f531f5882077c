import type { ReplySink } from './rpc-engine.interface.js';

/** Gathers the answers of a batch and sends them as one array (rpc#J11 #J12 #J13 #J14). */
export class BatchSink implements ReplySink {
  private readonly replies: string[] = [];
  private awaited = 0;
  private complete = false;

  constructor(private readonly target: ReplySink) {}

  /** Says that one more answer will come. */
  expect(): void {
    this.awaited += 1;
  }

  /** Payloads do not exist in a batch. */
  reply(text: string): void {
    this.replies.push(text);
    this.flush();
  }

  /** Says that every entry has been started. */
  close(): void {
    this.complete = true;
    this.flush();
  }

  private flush(): void {
    if (!this.complete || this.awaited === 0 || this.replies.length < this.awaited) return;
    this.target.reply(`[${this.replies.join(',')}]`);
  }
}
