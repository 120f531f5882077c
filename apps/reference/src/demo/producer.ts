import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Shutdown } from '@millrace/core/shutdown';
import { startTimer, thrownText, type Timer } from '@millrace/protocol';
import type { StreamStore } from '@millrace/stream-store';

/** Appends an entry to a stream at an interval while the application runs. */
export abstract class Producer implements OnApplicationBootstrap {
  private readonly logger = new Logger(this.constructor.name);
  private timer: Timer | undefined;
  private underWay: Promise<void> = Promise.resolve();

  protected constructor(
    private readonly store: StreamStore,
    private readonly stream: string,
    private readonly interval: number,
    shutdown: Shutdown,
  ) {
    shutdown.add({ name: `producer of ${stream}`, end: () => this.end() });
  }

  /** The next entry. */
  protected abstract produce(now: Date): Buffer | Promise<Buffer>;

  onApplicationBootstrap(): void {
    this.schedule();
  }

  private end(): Promise<void> {
    this.timer?.stop();
    this.timer = undefined;
    return this.underWay;
  }

  private schedule(): void {
    // The next one is timed when the last one is stored: a slow store is not flooded.
    this.timer = startTimer(() => {
      this.underWay = this.append().then(() => {
        if (this.timer) this.schedule();
      });
    }, this.interval);
  }

  private async append(): Promise<void> {
    try {
      await this.store.append(this.stream, [await this.produce(new Date())]);
    } catch (error) {
      this.logger.warn(thrownText(error));
    }
  }
}
