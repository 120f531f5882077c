import type { RedisConnections } from '@millrace/core/redis';
import { startTimer, type Timer } from '@millrace/protocol';
import { TRIM } from './message-scripts.js';
import type { SourceKeys } from './source-scripts.js';

/** Bytes that have been read, and span of time, in milliseconds, after which they are removed. */
const MAX_READ_BYTES = 1024 * 1024;
const PAUSE_MS = 250;

/** What was read of an inbox and is still there: up to the entry with the id. */
interface Read {
  readonly instance: string;
  id: string;
  bytes: number;
}

/** Removes from an inbox what has been read, now and then: the reader itself knows how far it is. */
export class InboxTrimmer {
  private reading: Read | undefined;
  private isTrimming = false;
  private readonly timer: Timer;

  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly key: SourceKeys,
  ) {
    this.timer = startTimer(() => void this.trim(), PAUSE_MS).unref();
    this.timer.stop();
  }

  /** An entry was read. @param fields names and values in turn */
  read(instance: string, id: string, fields: readonly Buffer[]): void {
    let bytes = 0;
    for (let index = 1; index < fields.length; index += 2) bytes += fields[index]?.length ?? 0;
    if (this.reading?.instance === instance) {
      this.reading.id = id;
      this.reading.bytes += bytes;
    } else {
      this.reading = { instance, id, bytes };
      this.timer.restart();
    }
    if (this.reading.bytes > MAX_READ_BYTES) void this.trim();
  }

  stop(): void {
    this.timer.stop();
  }

  private async trim(): Promise<void> {
    if (this.isTrimming || !this.reading) return;
    const { instance, id, bytes } = this.reading;
    this.timer.stop();
    this.isTrimming = true;
    const [time = '', number = '0'] = id.split('-');
    const next = `${time}-${BigInt(number) + 1n}`;
    try {
      await this.redis.run((client) => TRIM.run(client, this.key, [instance, next, bytes]));
      this.trimmed(instance, bytes);
    } catch {
      // What is still there goes with what is read later.
    }
    this.isTrimming = false;
    if (this.reading) this.timer.restart();
  }

  private trimmed(instance: string, bytes: number): void {
    if (this.reading?.instance !== instance) return;
    this.reading.bytes -= bytes;
    if (this.reading.bytes === 0) this.reading = undefined;
  }
}
