import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { RedisConnections } from '@millrace/core/redis';
import { Sequence, startTimer, thrownReport, type Timer } from '@millrace/protocol';
import { isUnicode } from '../../sources/source-text.js';
import type { DeliveredMark, DirectorySettings, SourceChange, SourceState } from '../source-directory.js';
import { RECORD } from './record-scripts.js';
import type { SourceKeys } from './source-scripts.js';

/** Shortest pause between two writes, in milliseconds: what comes meanwhile goes together. */
const PAUSE_MS = 20;
/** How long numbers wait to go together, which nothing depends on, in milliseconds. */
const COUNT_MS = 100;
/** Sources of one write: a script has no room for more values than some thousands. */
const MAX_SOURCES = 1000;
/** Pause after a write that failed. */
const AGAIN_MS = 500;
/** Longest name of a connector's process that is kept, in characters. */
const MAX_EPOCH = 200;

/** What has to be added to what Redis knows of one source. */
interface Pending {
  notifications: number;
  publishes: number;
  queries: number;
  error?: string;
  delivered: boolean;
  openQueries: boolean;
  kept: { readonly entry: string; readonly bytes: number }[];
  keptBytes: number;
  /** There was no room for all of it, so there is none for what Redis has from before. */
  overflows: boolean;
}

/** Writes to Redis what is to be known of sources at all instances: the first change at once, further ones together. */
export class RecordWriter {
  private readonly logger = new Logger('ConnectorHub');
  private readonly id = randomUUID();
  private readonly sequence = new Sequence();
  private pending = new Map<string, Pending>();
  /** What was not written at the last attempt. */
  private unwritten: string | undefined;
  private batches = 0;
  private writtenAt = -Infinity;
  private timer: Timer | undefined;
  private dueAt = Infinity;
  private isClosed = false;

  constructor(
    private readonly redis: RedisConnections<'commands' | 'sources-inbox'>,
    private readonly key: SourceKeys,
    private readonly settings: DirectorySettings,
    private readonly stateOf: (source: string) => SourceState,
  ) {}

  note(source: string, change: SourceChange): void {
    if (!isUnicode(source)) return;
    let pending = this.pending.get(source);
    if (!pending) {
      pending = nothingPending();
      this.pending.set(source, pending);
    }
    if ('error' in change) pending.error = change.error;
    else if ('counted' in change) pending[change.counted] += 1;
    else if ('changed' in change) pending[change.changed] = true;
    else {
      pending.notifications += 1;
      this.keep(pending, `${change.bytes}:${JSON.stringify(change.notification)}`, change.bytes);
    }
    const isNumber = 'counted' in change || ('changed' in change && change.changed === 'openQueries');
    this.schedule(isNumber ? performance.now() + COUNT_MS : this.writtenAt + PAUSE_MS);
  }

  /** Resolves when all that was noted so far is in Redis. @throws MillraceError `UNAVAILABLE` */
  flush(): Promise<void> {
    if (this.pending.size === 0 && this.unwritten === undefined) return this.sequence.run(async () => undefined);
    return this.sequence.run(() => this.write());
  }

  close(): void {
    this.isClosed = true;
    this.timer?.stop();
  }

  private schedule(at: number): void {
    if (at >= this.dueAt || this.isClosed) return;
    this.timer?.stop();
    this.dueAt = at;
    this.timer = startTimer(
      () => {
        this.dueAt = Infinity;
        this.flush().catch(() => this.schedule(performance.now() + AGAIN_MS));
      },
      Math.max(0, at - performance.now()),
    ).unref();
  }

  private async write(): Promise<void> {
    // The same batch with the same number, so that it counts once where only its answer was lost.
    // What comes while one is under way goes together the next time.
    let due = this.pending.size;
    while (this.unwritten !== undefined || due > 0) {
      if (this.unwritten === undefined) {
        due -= MAX_SOURCES;
        this.unwritten = this.take();
        this.batches += 1;
      }
      this.writtenAt = performance.now();
      await this.writeBatch(this.unwritten);
      this.unwritten = undefined;
    }
  }

  private async writeBatch(batch: string): Promise<void> {
    const { keepNotifications, keepNotificationBytes } = this.settings;
    const rest = [this.id, this.batches, batch, keepNotifications, keepNotificationBytes];
    try {
      await this.redis.persist((client) => RECORD.run(client, this.key, rest));
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      if (!isOfScript(cause)) throw error;
      this.logger.error(`What is known of sources could not be kept in Redis: ${thrownReport(error)}`);
    }
  }

  private take(): string {
    const taken = [...this.pending].slice(0, MAX_SOURCES);
    for (const [source] of taken) this.pending.delete(source);
    return JSON.stringify(taken.map(([source, pending]) => this.changeOf(source, pending)));
  }

  private changeOf(source: string, pending: Pending): object {
    const { notifications, publishes, queries, error, kept, overflows } = pending;
    const { session, openQueries, delivered } = this.stateOf(source);
    return {
      source,
      notifications,
      publishes,
      queries,
      ...(error !== undefined && { error: wellFormed(error) }),
      kept: kept.map(({ entry }) => entry),
      overflows,
      ...(session !== undefined && pending.openQueries && { session, openQueries }),
      delivered: pending.delivered ? marksOnWire(delivered) : [],
    };
  }

  private keep(pending: Pending, entry: string, bytes: number): void {
    const { keepNotifications, keepNotificationBytes } = this.settings;
    if (keepNotifications === 0) return;
    pending.kept.push({ entry, bytes });
    pending.keptBytes += bytes;
    while (pending.kept.length > keepNotifications || pending.keptBytes > keepNotificationBytes) {
      pending.keptBytes -= pending.kept.shift()?.bytes ?? 0;
      pending.overflows = true;
    }
  }
}

function nothingPending(): Pending {
  return {
    notifications: 0,
    publishes: 0,
    queries: 0,
    delivered: false,
    openQueries: false,
    kept: [],
    keptBytes: 0,
    overflows: false,
  };
}

/** Lua writes large numbers with few digits. */
function marksOnWire(marks: readonly DeliveredMark[]): [epoch: string, number: string][] {
  return marks
    .filter(([epoch]) => epoch.length <= MAX_EPOCH && isUnicode(epoch))
    .map(([epoch, number]) => [epoch, String(number)]);
}

/** Whether the script itself is at fault, which it would be again. */
function isOfScript(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError' && /^ERR |^WRONGTYPE /.test(error.message);
}

/** Half a character has no bytes that Redis could keep. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
