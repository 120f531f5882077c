import { type EntryId, pause, withDeadline, ZERO_ID } from '@millrace/protocol';
import type { Tails } from '../following/tails.js';
import { type EntryReply, ReadSize } from './redis-reader.js';
import type { RedisClient } from '@millrace/core/redis';
import { isWrongType } from './redis-store-error.js';
import { begunAnew } from './begun-anew.js';
import type { RedisKeys } from './redis-keys.js';

/** How long one read waits at Redis; after it, the set of followed streams is looked at again. */
export const BLOCK_MS = 2000;
/** Beyond the wait: the connection is taken for dead. */
const ANSWER_MS = 3000;
const PAUSE_AFTER_ERROR_MS = 100;
/** Data that one read may bring, about. */
const READ_BYTES = 4 * 1024 * 1024;
/** In a cluster the streams lie on several servers, and none can be waited for together: they are asked in turn. */
const CLUSTER_POLL_MS = 20;

interface Followed {
  last: EntryId;
  /** Entries may have been trimmed before they were read: the reader was behind, or disconnected. */
  mayHaveMissed: boolean;
  /** Another program keeps something else under its key now: not asked for, or the read of all others would fail with it. */
  isSetAside: boolean;
}

/** A followed stream by its name. */
type Reading = readonly [stream: string, followed: Followed];

/** The one reader of a process: waits at Redis for news of every followed stream, on a connection of its own. */
export class RedisTail {
  private readonly followed = new Map<string, Followed>();
  private readonly size = new ReadSize();
  private readonly ending = new AbortController();
  private waitingAt: number | undefined;
  private reading: Promise<void> | undefined;
  /** The count of removals as it was seen last; undefined when it says nothing. */
  private removals: string | null | undefined;
  private lookedAt = 0;

  constructor(
    private readonly redis: RedisClient,
    private readonly commands: RedisClient,
    private readonly isCluster: boolean,
    private readonly keys: RedisKeys,
    private readonly tails: Tails,
  ) {}

  follow(stream: string, after: EntryId): void {
    this.followed.set(stream, { last: after, mayHaveMissed: false, isSetAside: false });
    if (!this.reading) this.reading = this.read();
    // A read that waits does not know of the stream.
    else this.wake();
  }

  /** Ends a read that waits, for the streams that it waits for may be others now. Should this be lost, it ends by itself soon. */
  wake(): void {
    if (this.waitingAt === undefined || this.isCluster) return;
    this.commands.client('UNBLOCK', this.waitingAt).catch(() => undefined);
  }

  unfollow(stream: string): void {
    this.followed.delete(stream);
  }

  /** Resolves when the reader has ended; it does once its connection is closed. */
  async close(): Promise<void> {
    this.ending.abort();
    await this.reading;
  }

  /** Reads as long as a stream is followed. */
  private async read(): Promise<void> {
    const { signal } = this.ending;
    while (this.followed.size > 0 && !signal.aborted) {
      try {
        await this.readOnce();
      } catch {
        // The connection comes back by itself, and reading goes on behind the last ID that was seen.
        for (const followed of this.followed.values()) followed.mayHaveMissed = true;
        this.removals = undefined;
        await pause(PAUSE_AFTER_ERROR_MS, signal);
      }
    }
    this.reading = undefined;
  }

  private async readOnce(): Promise<void> {
    const isLookDue = this.isLookDue();
    if (isLookDue) await this.takeBack();
    const streams = [...this.followed].filter(([, { isSetAside }]) => !isSetAside);
    if (streams.length === 0) return pause(PAUSE_AFTER_ERROR_MS, this.ending.signal);
    try {
      if (this.isCluster) await this.readInTurn(streams, isLookDue);
      else await this.readTogether(streams, isLookDue);
    } catch (error) {
      if (!isWrongType(error) || !(await this.setAside())) throw error;
    }
  }

  private async readTogether(streams: readonly Reading[], isLookDue: boolean): Promise<void> {
    this.waitingAt ??= await this.connectionId();
    const count = this.size.entriesFor(READ_BYTES / streams.length);
    const keys = streams.map(([stream]) => this.keys.stream(stream));
    const lasts = streams.map(([, { last }]) => last);
    const reply = Promise.all([
      this.redis.xreadBuffer('COUNT', count, 'BLOCK', BLOCK_MS, 'STREAMS', ...keys, ...lasts),
      // Behind the read: entries of a stream that began anew do not come without the count of its removal.
      this.redis.get(this.keys.removals),
    ]);
    const [answered, removals] = await withDeadline(reply, BLOCK_MS + ANSWER_MS, () => {
      this.redis.disconnect(true);
      return new Error('Redis does not answer');
    });
    const news = (answered ?? []) as [Buffer, EntryReply[]][];
    const byName = new Map(streams);
    if (removals !== this.removals) {
      await this.lookForBeginnings(streams);
      this.removals = removals;
      // With a count of its own each time, it shows too when everything is removed from Redis at once.
      if (removals === null) await this.commands.set(this.keys.removals, Date.now(), 'NX');
    } else if (isLookDue) {
      const heard = new Set(news.map(([key]) => this.keys.nameOf(key.toString())));
      await this.lookForBeginnings(streams.filter(([stream]) => !heard.has(stream)));
    }
    for (const [key, entries] of news) {
      const stream = this.keys.nameOf(key.toString());
      const followed = byName.get(stream);
      if (followed) await this.accept(stream, followed, entries, count);
    }
  }

  private async readInTurn(streams: readonly Reading[], isLookDue: boolean): Promise<void> {
    const count = this.size.entriesFor(READ_BYTES / streams.length);
    let found = false;
    await Promise.all(
      streams.map(async ([stream, followed]) => {
        const key = this.keys.stream(stream);
        const entries = await this.redis.xrangeBuffer(key, `(${followed.last}`, '+', 'COUNT', count);
        if (isLookDue || entries.length > 0) await this.lookForBeginnings([[stream, followed]]);
        if (entries.length === 0) return;
        found = true;
        await this.accept(stream, followed, entries, count);
      }),
    );
    if (!found) await pause(CLUSTER_POLL_MS, this.ending.signal);
  }

  /** Sets those aside under whose keys there is something other than a stream. @returns whether there are such */
  private async setAside(): Promise<boolean> {
    let found = false;
    for (const [stream, followed] of [...this.followed]) {
      if (followed.isSetAside || (await this.isStreamOrNone(stream))) continue;
      found = true;
      this.beginAnew(stream, followed, ZERO_ID, true);
    }
    return found;
  }

  /** Goes on with those that have become streams again, or are gone. */
  private async takeBack(): Promise<void> {
    for (const [stream, followed] of [...this.followed])
      if (followed.isSetAside && (await this.isStreamOrNone(stream))) followed.isSetAside = false;
  }

  private async isStreamOrNone(stream: string): Promise<boolean> {
    return ['stream', 'none'].includes(await this.commands.type(this.keys.stream(stream)));
  }

  /** Whether to look for streams that other programs have deleted, which are not counted. */
  private isLookDue(): boolean {
    const now = Date.now();
    if (now - this.lookedAt < BLOCK_MS) return false;
    this.lookedAt = now;
    return true;
  }

  /** Begins streams anew that are others than those that were followed. */
  private async lookForBeginnings(streams: readonly Reading[]): Promise<void> {
    const seen = streams
      .filter(([, { last }]) => last !== ZERO_ID)
      .map(([stream, { last }]) => [stream, last] as const);
    const lasts = await begunAnew(this.commands, { keys: this.keys, isCluster: this.isCluster }, seen);
    for (const [stream, followed] of streams) {
      const last = lasts.get(stream);
      if (last !== undefined) this.beginAnew(stream, followed, last);
    }
  }

  private beginAnew(stream: string, followed: Followed, last: EntryId, isSetAside = false): void {
    // Another follower may have begun to follow it anew meanwhile.
    if (this.followed.get(stream) !== followed) return;
    this.followed.set(stream, { last, mayHaveMissed: false, isSetAside });
    this.tails.get(stream)?.restart(last);
  }

  private async accept(stream: string, followed: Followed, replies: EntryReply[], count: number): Promise<void> {
    const entries = this.size.entriesOf(stream, replies);
    const last = entries.at(-1);
    if (!last) return;
    const missed = followed.mayHaveMissed && (await this.isOvertaken(stream, followed.last));
    // Another follower may have begun to follow it anew meanwhile.
    if (this.followed.get(stream) !== followed) return;
    if (missed) this.tails.get(stream)?.breakAt(followed.last);
    followed.last = last.id;
    followed.mayHaveMissed = entries.length >= count;
    this.tails.get(stream)?.push(entries);
  }

  /** Whether the entry that was seen last is no longer kept: then later ones may be gone as well. */
  private async isOvertaken(stream: string, last: EntryId): Promise<boolean> {
    const kept = await this.commands.xrangeBuffer(this.keys.stream(stream), last, last);
    return kept.length === 0;
  }

  private async connectionId(): Promise<number> {
    this.redis.once('close', () => (this.waitingAt = undefined));
    return this.redis.client('ID');
  }
}
