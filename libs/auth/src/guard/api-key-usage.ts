import { Shutdown } from '@millrace/core/shutdown';
import { Injectable, Logger } from '@nestjs/common';
import { startTimer, type Timer, thrownText } from '@millrace/protocol';
import { ApiKeyStore } from '../api/api-key-store.js';

/** Pause between two writes, in milliseconds. */
const INTERVAL_MS = 60_000;

/**
 * Gathers when keys were used, and writes it to the store at most once a minute, in the background: a request never waits
 * for it, and never fails by it. Ends the store with the application, after the last write.
 */
@Injectable()
export class ApiKeyUsage {
  private readonly logger = new Logger('ApiKeys');
  private uses = new Map<string, number>();
  private writtenAt = -Infinity;
  private timer: Timer | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ApiKeyStore,
    shutdown: Shutdown,
  ) {
    shutdown.add({ name: 'store of API keys', close: () => this.close() });
  }

  /** @param now milliseconds since 1970 */
  note(id: string, now: number): void {
    this.uses.set(id, now);
    if (this.timer) return;
    const pause = Math.max(0, this.writtenAt + INTERVAL_MS - now);
    this.timer = startTimer(() => this.write(), pause).unref();
  }

  private async close(): Promise<void> {
    this.timer?.stop();
    this.write();
    await this.writing;
    await this.store.close?.();
  }

  private write(): void {
    this.timer = undefined;
    if (this.uses.size === 0) return;
    const uses = this.uses;
    this.uses = new Map();
    this.writtenAt = Date.now();
    this.writing = this.writing
      .then(() => this.store.touch(uses))
      .catch((error: unknown) => {
        this.logger.warn(`The last use of API keys could not be written: ${thrownText(error)}`);
        // With the next ones, then; later uses of the same keys stand.
        for (const [id, at] of uses) if (!this.uses.has(id)) this.uses.set(id, at);
      });
  }
}
