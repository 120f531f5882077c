import type { RedisClient } from '@millrace/core/redis';
import type { Command } from '../../engine/state/apply-command.js';
import type { LogHead } from './barrier.js';
import { CONDEMN, FOUND, SURVEY } from './founding-scripts.js';
import { commandText, type LogEntry, parseEntry, type Position, LOG_VERSION } from './log-entry.js';
import { APPEND_COMMAND, HEAD, LOCK, SNAPSHOT, TICK } from './redis-scripts.js';
import type { RegistryClock } from './registry-clock.js';
import { BrokenLogError, NewerReleaseError } from './registry-errors.js';
import { type RegistryKeys, scriptKeys } from './registry-keys.js';
import type { SnapshotText } from './snapshot-text.js';

const LOCK_TIME = 10_000;
const PAGE = 500;
const TICK_TEXT = commandText('', { op: 'tick' } satisfies Command);
export const BEGINNING: Position = { count: 0, id: '0-0' };

/** What a broken log is like, and how much is known of it. */
export interface Damage {
  readonly reason: string;
  /** The greatest number of a command that Redis knows of. */
  readonly known: number;
  /** Whether no instance can be further than that. */
  readonly isCertain: boolean;
  /** Nothing is there at all, which is also so before the first start. */
  readonly isNothing: boolean;
  /** Redis may have lost everything a moment ago. */
  readonly isYoung: boolean;
}

/** The log of commands in Redis, and the snapshot from which it goes on. */
export class RegistryLog {
  private readonly names: [string, string, string, string];

  /** @param applied the last command that this instance has applied */
  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RegistryKeys,
    private readonly clock: RegistryClock,
    private readonly applied: () => Position,
  ) {
    this.names = scriptKeys(keys);
  }

  /** @throws BrokenLogError @throws NewerReleaseError */
  head(): Promise<LogHead> {
    return this.ask(HEAD);
  }

  /** @returns its place @throws BrokenLogError @throws NewerReleaseError */
  append(command: string): Promise<LogHead> {
    return this.ask(APPEND_COMMAND, command);
  }

  /** Appends a tick unless a command came at or after a time. @throws BrokenLogError @throws NewerReleaseError */
  tick(due: number): Promise<LogHead> {
    return this.ask(TICK, TICK_TEXT, due);
  }

  /** The entries after a place, some hundred at most; what the registry did not write is undefined. @throws NewerReleaseError */
  async after(id: string): Promise<Entries> {
    return logEntries(await this.redis.xrange(this.keys.log, `(${id}`, '+', 'COUNT', PAGE));
  }

  /** The fields of the snapshot. */
  snapshot(): Promise<Partial<Record<string, string>>> {
    return this.redis.hgetall(this.keys.snapshot);
  }

  /** The id of the first entry. */
  async firstId(): Promise<string> {
    const [first] = await this.redis.xrange(this.keys.log, '-', '+', 'COUNT', 1);
    return first?.[0] ?? '';
  }

  /** Puts a snapshot of what is applied in place, unless another instance does. */
  async writeSnapshot(take: () => SnapshotText): Promise<void> {
    if ((await this.redis.eval(LOCK, 1, this.keys.lock, LOCK_TIME)) !== 1) return;
    const { epoch, state, recent } = take();
    await this.run(SNAPSHOT, epoch, state, recent);
    await this.redis.del(this.keys.lock);
  }

  /**
   * Looks at a log that may be broken.
   *
   * @param claims whether this instance has a state, and lets the others know how far it is
   * @returns undefined when nothing is wrong @throws NewerReleaseError
   */
  async survey(claims: boolean): Promise<Damage | undefined> {
    const reply = (await this.run(SURVEY, claims ? '1' : '0')) as [string, string, string, number, number, number];
    const [status, reason, known, certain, nothing, young] = reply;
    if (status === 'whole') return undefined;
    if (status === 'newer') throw new NewerReleaseError();
    const [isCertain, isNothing, isYoung] = [certain === 1, nothing === 1, young === 1];
    return { reason, known: Number(known), isCertain, isNothing, isYoung };
  }

  /**
   * Begins the log anew with the state of this instance.
   *
   * @param upTo the last command that the state holds
   * @param from the logs before it, as text
   * @param force whether to do so even when Redis knows of later commands
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

  private async ask(script: string, ...more: (string | number)[]): Promise<LogHead> {
    const [status, ...reply] = (await this.run(script, ...more)) as [string, ...string[]];
    if (status === 'newer') throw new NewerReleaseError();
    const [text = '', count, epoch = ''] = reply;
    if (status !== 'whole') throw new BrokenLogError(text);
    return { count: Number(count), time: this.clock.heard(Number(text)), epoch };
  }

  private run(script: string, ...more: (string | number)[]): Promise<unknown> {
    return this.runAt(this.applied(), script, ...more);
  }

  private runAt({ count, id }: Position, script: string, ...more: (string | number)[]): Promise<unknown> {
    return this.redis.eval(script, 4, ...this.names, LOG_VERSION, count, id, this.clock.estimate(), ...more);
  }
}

/** Entries in their order, each with its id; undefined is what the registry did not write. */
export type Entries = readonly { readonly id: string; readonly entry: LogEntry | undefined }[];

/** @throws NewerReleaseError when the first one is of a newer release; otherwise it ends before that one */
export function logEntries(raw: readonly [string, string[]][]): Entries {
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
