import { type EntryId, pause, withDeadline, ZERO_ID } from '@millrace/protocol';
import type { RedisClient } from '@millrace/core/redis';
import { begunAnew } from './begun-anew.js';
import type { Followed, FollowedStreams } from './followed-streams.js';
import type { RedisKeys } from '../redis-keys.js';
import { type EntryReply, ReadSize } from '../redis-reader.js';
import { isWrongType } from '../redis-store-error.js';
import type { RedisTail } from './redis-tail.js';

/** How long one read waits at Redis; after it, the set of followed streams is looked at again. */
export const BLOCK_MS = 2000;
/** Beyond the wait: the connection is taken for dead. */
const ANSWER_MS = 3000;
const PAUSE_AFTER_ERROR_MS = 100;
/** Data that one read may bring, about. */
const READ_BYTES = 4 * 1024 * 1024;

/** A followed stream by its name. */
type Reading = readonly [stream: string, followed: Followed];

/** Waits at one server for news of every followed stream, on a connection of its own. */
export class BlockingTail implements RedisTail {
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
    private readonly keys: RedisKeys,
    private readonly streams: FollowedStreams,
  ) {}

  follow(stream: string, after: EntryId): void {
    this.streams.begin(stream, after);
    if (!this.reading) this.reading = this.read();
    // A read that waits does not know of the stream.
    else this.wake();
  }

  /** Ends a read that waits, for the streams that it waits for may be others now. Should this be lost, it ends by itself soon. */
  wake(): void {
    if (this.waitingAt === undefined) return;
    this.commands.client('UNBLOCK', this.waitingAt).catch(() => undefined);
  }

  unfollow(stream: string): void {
    this.streams.delete(stream);
  }

  /** It ends once its connection is closed. */
  async close(): Promise<void> {
    this.ending.abort();
    await this.reading;
  }

  /** Reads as long as a stream is followed. */
  private async read(): Promise<void> {
    const { signal } = this.ending;
    while (this.streams.size > 0 && !signal.aborted) {
      try {
        await this.readOnce();
      } catch {
        // The connection comes back by itself, and reading goes on behind the last ID that was seen.
        for (const followed of this.streams.values()) followed.mayHaveMissed = true;
        this.removals = undefined;
        await pause(PAUSE_AFTER_ERROR_MS, signal);
      }
    }
    this.reading = undefined;
  }

  private async readOnce(): Promise<void> {
    const isLookDue = this.isLookDue();
    if (isLookDue) await this.takeBack();
    const streams = [...this.streams].filter(([, { isSetAside }]) => !isSetAside);
    if (streams.length === 0) return pause(PAUSE_AFTER_ERROR_MS, this.ending.signal);
    try {
      await this.readTogether(streams, isLookDue);
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

  /** Sets those aside under whose keys there is something other than a stream. @returns whether there are such */
  private async setAside(): Promise<boolean> {
    let found = false;
    for (const [stream, followed] of [...this.streams]) {
      if (followed.isSetAside || (await this.isStreamOrNone(stream))) continue;
      found = true;
      this.streams.setAside(stream, followed);
    }
    return found;
  }

  /** Goes on with those that have become streams again, or are gone. */
  private async takeBack(): Promise<void> {
    for (const [stream, followed] of [...this.streams])
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
    const seen = streams.filter(([, { last }]) => last !== ZERO_ID);
    const lasts = await begunAnew(this.commands, this.keys, seen);
    for (const [stream, followed] of streams) {
      const last = lasts.get(stream);
      if (last !== undefined) this.streams.beginAnew(stream, followed, last);
    }
  }

  private async accept(stream: string, followed: Followed, replies: EntryReply[], count: number): Promise<void> {
    const entries = this.size.entriesOf(stream, replies);
    const missed = followed.mayHaveMissed && (await this.isOvertaken(stream, followed.last));
    followed.mayHaveMissed = entries.length >= count;
    this.streams.accept(stream, followed, entries, missed);
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
