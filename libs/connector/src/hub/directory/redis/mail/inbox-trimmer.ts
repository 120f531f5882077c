import type { RedisConnections } from '@millrace/core/redis';
import { startTimer, type Timer } from '@millrace/protocol';
import { TRIM } from './message-scripts.js';
import type { SourceKeys } from '../source-scripts.js';

/** Bytes that have been read, and span of time, in milliseconds, after which they are removed. */
const MAX_READ_BYTES = 1024 * 1024;
const PAUSE_MS = 250;

/** How far an instance has read its inbox: to an entry, and how many bytes in all, of which some have been removed. */
interface Progress {
  readonly instance: string;
  id: string;
  bytes: number;
  removed: number;
}

/** Removes from an inbox what has been read, now and then: the reader itself knows how far it is. */
export class InboxTrimmer {
  private progress: Progress = { instance: '', id: '', bytes: 0, removed: 0 };
  private isTrimming = false;
  private timer: Timer | undefined;
  private isStopped = false;

  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly key: SourceKeys,
  ) {}

  /** An entry was read. @param fields names and values in turn */
  read(instance: string, id: string, fields: readonly Buffer[]): void {
    if (this.progress.instance !== instance) this.progress = { instance, id, bytes: 0, removed: 0 };
    const { progress } = this;
    progress.id = id;
    for (let index = 1; index < fields.length; index += 2) progress.bytes += fields[index]?.length ?? 0;
    if (progress.bytes - progress.removed > MAX_READ_BYTES) void this.trim();
    else this.trimLater();
  }

  stop(): void {
    this.isStopped = true;
    this.timer?.stop();
  }

  private trimLater(): void {
    if (this.timer || this.isStopped) return;
    this.timer = startTimer(() => {
      this.timer = undefined;
      void this.trim();
    }, PAUSE_MS).unref();
  }

  private async trim(): Promise<void> {
    if (this.isTrimming || this.isStopped) return;
    this.isTrimming = true;
    const { progress } = this;
    const { instance, id, bytes } = progress;
    const [time = '', number = '0'] = id.split('-');
    const next = `${time}-${BigInt(number) + 1n}`;
    // What cannot be removed now goes with what is read later.
    await this.redis
      .run((client) => TRIM.run(client, this.key, [instance, next, bytes]))
      .then(() => (progress.removed = bytes))
      .catch(() => undefined);
    this.isTrimming = false;
    if (this.progress.bytes > this.progress.removed) this.trimLater();
  }
}
