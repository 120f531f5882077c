import type { RedisScript } from '@millrace/core/redis';
import type { Command } from '../../../engine/state/apply-command.js';
import type { LogHead } from './barrier.js';
import { CONDEMN, FOUND, SURVEY } from './founding-scripts.js';
import { commandText, type LogEntry, parseEntry, type Position, LOG_VERSION } from './log-entry.js';
import type { LogCalls } from './log-calls.js';
import { LOCK, SNAPSHOT, TICK } from './redis-scripts.js';
import { BrokenLogError, NewerReleaseError } from './registry-errors.js';
import { type LogKeys, type ScriptKeys, scriptKeys } from './registry-keys.js';
import type { SnapshotText } from './snapshot-text.js';

const LOCK_TIME = 10_000;
const PAGE = 500;
const TICK_TEXT = commandText('', { op: 'tick' } satisfies Command);
export const BEGINNING: Position = { count: 0, id: '0-0' };

/** How far a log is, and the entries that the caller has not applied, some hundred at most; or the reason why those cannot be read. */
export interface LogNews extends LogHead {
  readonly news: () => Entries;
}

/** Where an entry was appended. */
export interface Appended extends LogNews {
  readonly id: string;
}

/** What a broken log is like, and how much is known of it. */
export interface Damage {
  readonly reason: string;
  /** The greatest number of an entry that Redis knows of. */
  readonly known: number;
  /** Whether no instance can be further than that. */
  readonly isCertain: boolean;
  /** Nothing is there at all, which is also so before the first start. */
  readonly isNothing: boolean;
}

/** A log of commands in Redis, and the snapshot from which it goes on. */
export class RegistryLog {
  private readonly names: ScriptKeys;

  /** @param applied the last entry that this instance has applied */
  constructor(
    private readonly calls: LogCalls,
    private readonly keys: LogKeys,
    private readonly applied: () => Position,
  ) {
    this.names = scriptKeys(keys);
  }

  /** @param sent called when the question is on its way @throws BrokenLogError @throws NewerReleaseError */
  async head(sent?: () => void): Promise<LogNews> {
    const { names, applied } = this;
    return this.newsOf(await this.calls.call({ keys: names, applied, sent }));
  }

  /** @returns its place @throws BrokenLogError @throws NewerReleaseError */
  async append(entry: string): Promise<Appended> {
    const { names, applied } = this;
    const reply = await this.calls.call({ keys: names, applied, entry });
    return { ...this.newsOf(reply), id: (reply as [string, ...string[]])[5] ?? '' };
  }

  /** Appends a tick unless an entry came at or after a time. @throws BrokenLogError @throws NewerReleaseError */
  async tick(due: number): Promise<LogNews> {
    return this.newsOf(await this.run(TICK, TICK_TEXT, due));
  }

  /** The entries after a place, some hundred at most; what the registry did not write is undefined. @throws NewerReleaseError */
  async after(id: string): Promise<Entries> {
    return logEntries(await this.calls.redis.xrange(this.keys.log, `(${id}`, '+', 'COUNT', PAGE));
  }

  /** The fields of the snapshot. */
  snapshot(): Promise<Partial<Record<string, string>>> {
    return this.calls.redis.hgetall(this.keys.snapshot);
  }

  /** The id of the first entry. */
  async firstId(): Promise<string> {
    const [first] = await this.calls.redis.xrange(this.keys.log, '-', '+', 'COUNT', 1);
    return first?.[0] ?? '';
  }

  /** Puts a snapshot of what is applied in place, unless another instance does. */
  async writeSnapshot(take: () => SnapshotText): Promise<void> {
    if ((await LOCK.run(this.calls.redis, [this.keys.lock], [LOCK_TIME])) !== 1) return;
    const { epoch, state, recent } = take();
    await this.run(SNAPSHOT, epoch, state, recent);
    await this.calls.redis.del(this.keys.lock);
  }

  /**
   * Looks at a log that may be broken.
   *
   * @param claims whether this instance has a state, and lets the others know how far it is
   * @returns undefined when nothing is wrong @throws NewerReleaseError
   */
  async survey(claims: boolean): Promise<Damage | undefined> {
    const reply = (await this.run(SURVEY, claims ? '1' : '0')) as [string, string, string, number, number];
    const [status, reason, known, certain, nothing] = reply;
    if (status === 'whole') return undefined;
    if (status === 'newer') throw new NewerReleaseError();
    return { reason, known: Number(known), isCertain: certain === 1, isNothing: nothing === 1 };
  }

  /**
   * Begins the log anew with the state of this instance.
   *
   * @param upTo the last entry that the state holds
   * @param from the logs before it, as text
   * @param force whether to do so even when Redis knows of later entries
   * @returns false when somebody else did, or knows more @throws NewerReleaseError
   */
  async found(upTo: Position, snapshot: SnapshotText, from: string, force: boolean): Promise<boolean> {
    const { epoch, state, recent } = snapshot;
    const status = await this.runAt(upTo, FOUND, epoch, state, recent, from, TICK_TEXT, force ? '1' : '0');
    if (status === 'newer') throw new NewerReleaseError();
    return status === 'broken';
  }

  /** Makes it known that the log cannot be read, though it looks whole. @returns false when it has changed meanwhile */
  async condemn(snapshotCount = '', entryId = ''): Promise<boolean> {
    return (await this.run(CONDEMN, snapshotCount, entryId)) === 1;
  }

  private newsOf(reply: unknown): LogNews {
    const [status, text, count, epoch = '', news = []] = reply as [string, string, string, string?, RawEntry[]?];
    if (status === 'newer') throw new NewerReleaseError();
    if (status !== 'whole') throw new BrokenLogError(text);
    return { count: Number(count), time: this.calls.clock.heard(Number(text)), epoch, news: () => logEntries(news) };
  }

  private run(script: RedisScript, ...more: (string | number)[]): Promise<unknown> {
    return this.runAt(this.applied(), script, ...more);
  }

  private runAt({ count, id }: Position, script: RedisScript, ...more: (string | number)[]): Promise<unknown> {
    const values = [LOG_VERSION, count, id, this.calls.clock.estimate(), this.calls.isCluster ? 1 : 0, ...more];
    return script.run(this.calls.redis, this.names, values);
  }
}

type RawEntry = [string, string[]];

/** Entries in their order, each with its id; undefined is what the registry did not write. */
export type Entries = readonly { readonly id: string; readonly entry: LogEntry | undefined }[];

/** @throws NewerReleaseError when the first one is of a newer release; otherwise it ends before that one */
export function logEntries(raw: readonly RawEntry[]): Entries {
  const entries: { id: string; entry: LogEntry | undefined }[] = [];
  for (const [id, fields] of raw) {
    try {
      entries.push({ id, entry: parseEntry(id, fields) });
    } catch (error) {
      if (entries.length === 0) throw error;
      break;
    }
  }
  return entries;
}
