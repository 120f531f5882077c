import { pause } from '@millrace/protocol';

/** Does something again and again until it is stopped. */
export abstract class Repeated {
  private readonly ended = new AbortController();
  private running: Promise<void> | undefined;

  /** @param pauseMs between one time and the next, in milliseconds */
  protected constructor(private readonly pauseMs: number) {}

  start(): this {
    this.running = this.run();
    return this;
  }

  /** Resolves when the last time is over. */
  async stop(): Promise<void> {
    this.ended.abort();
    this.finish();
    await this.running;
  }

  protected get ending(): boolean {
    return this.ended.signal.aborted;
  }

  /** Brings what is under way to its end. */
  protected finish(): void {
    // It ends by itself.
  }

  protected abstract once(): Promise<void>;

  private async run(): Promise<void> {
    while (!this.ending) {
      await this.once();
      await pause(this.pauseMs, this.ended.signal);
    }
  }
}
