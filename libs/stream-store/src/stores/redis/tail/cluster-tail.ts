import { Logger } from '@nestjs/common';
import { compareIds, type EntryId, pause, thrownText, withDeadline, ZERO_ID } from '@millrace/protocol';
import { type RedisCluster, ShardNews } from '@millrace/core/redis';
import type { Followed, FollowedStreams } from './followed-streams.js';
import { LookSchedule, STEP_MS } from './look-schedule.js';
import type { RedisKeys } from '../redis-keys.js';
import { type EntryReply, ReadSize } from '../redis-reader.js';
import { isWrongType } from '../redis-store-error.js';
import type { RedisTail } from './redis-tail.js';
import { BEGUN_ANEW, LOOK, OVERTAKEN } from '../scripts.js';

/** How often it is looked where the slots are. */
const REVIEW_MS = 500;
/** A node that takes longer than this has not answered. */
const ANSWER_MS = 5000;
/** Data that the reads of one time may bring, about. */
const READ_BYTES = 4 * 1024 * 1024;

/** What a look found: the last ID of a stream, and how many entries were ever added. */
interface Found {
  readonly last: EntryId;
  readonly added: number;
}

/** How one stream is watched. */
interface Watched {
  /** When its news were last heard of. */
  heardAt: number;
  /** The last ID that Redis knows, where its entry is gone again before anybody has read it. */
  known: EntryId | undefined;
  isBusy: boolean;
  /** News came while it was busy. */
  isDue: boolean;
}

/** Why a stream is read: its news were heard; it is listened to from now on; or it is looked at now and then. */
type Occasion = 'heard' | 'joined' | 'in turn';

/** One read, and what is known of the stream. */
interface Reading {
  readonly watched: Watched;
  readonly followed: Followed;
  readonly found: Found | undefined;
  /** How many entries were asked for. */
  readonly count: number;
  /** The entry that was seen last is no longer kept. */
  readonly isOvertaken: boolean;
}

/**
 * Reads the followed streams of a cluster when their appends announce themselves. What other programs append, and what was
 * announced while nobody could hear it, is found by looking at one stream after the other, at a rate that does not depend on
 * their number.
 */
export class ClusterTail implements RedisTail {
  private readonly logger = new Logger('RedisStore');
  private readonly size = new ReadSize();
  private readonly ending = new AbortController();
  private readonly watched = new Map<string, Watched>();
  private readonly schedule = new LookSchedule();
  private readonly underWay = new Set<Promise<void>>();
  private readonly news: ShardNews;
  private stepping: Promise<void> | undefined;
  private reviewedAt = -Infinity;

  constructor(
    private readonly redis: RedisCluster,
    private readonly keys: RedisKeys,
    private readonly streams: FollowedStreams,
  ) {
    this.news = new ShardNews(redis, {
      news: (key) => this.readSoon(this.keys.nameOf(key), 'heard'),
      look: (key) => this.readSoon(this.keys.nameOf(key), 'joined'),
      refused: (error) => this.becomeDeaf(error),
    });
  }

  follow(stream: string, after: EntryId): void {
    this.streams.begin(stream, after);
    this.watched.set(stream, { heardAt: -Infinity, known: undefined, isBusy: false, isDue: false });
    this.schedule.add(stream, performance.now());
    this.news.follow(this.keys.stream(stream));
    this.stepping ??= this.step();
  }

  unfollow(stream: string): void {
    this.streams.delete(stream);
    this.watched.delete(stream);
    this.schedule.remove(stream);
    this.news.unfollow(this.keys.stream(stream));
  }

  /** A deletion announces itself as well. */
  wake(): void {
    // Nothing waits at Redis.
  }

  async close(): Promise<void> {
    this.ending.abort();
    this.news.close();
    await this.stepping;
    await Promise.all(this.underWay);
  }

  private async step(): Promise<void> {
    const { signal } = this.ending;
    while (this.streams.size > 0 && !signal.aborted) {
      const now = performance.now();
      if (now - this.reviewedAt >= REVIEW_MS) {
        this.reviewedAt = now;
        this.news.review();
      }
      for (const stream of this.schedule.due(now)) this.readSoon(stream, 'in turn');
      await pause(STEP_MS, signal);
    }
    this.news.review();
    this.stepping = undefined;
  }

  private readSoon(stream: string, occasion: Occasion): void {
    const watched = this.watched.get(stream);
    if (!watched || this.ending.signal.aborted) return;
    if (occasion === 'heard') watched.heardAt = performance.now();
    if (watched.isBusy) {
      if (occasion !== 'in turn') watched.isDue = true;
      return;
    }
    const work = this.read(stream, watched, occasion);
    this.underWay.add(work);
    void work.then(() => this.underWay.delete(work));
  }

  /** Reads a stream until there is no more. Never rejects. */
  private async read(stream: string, watched: Watched, occasion: Occasion): Promise<void> {
    const began = performance.now();
    watched.isBusy = true;
    try {
      const found = occasion === 'heard' ? undefined : await this.look(stream, watched);
      let more = occasion === 'heard' || found !== undefined;
      while ((more || watched.isDue) && this.watched.get(stream) === watched) {
        watched.isDue = false;
        more = await this.readOnce(stream, watched, found);
      }
      this.schedule.wasRead(stream);
      if (found && occasion === 'in turn' && watched.heardAt < began) this.schedule.hurry(stream, began);
    } catch (error) {
      this.failed(stream, watched, error);
    } finally {
      watched.isBusy = false;
    }
  }

  /** One look whether there is anything to read. */
  private async look(stream: string, watched: Watched): Promise<Found | undefined> {
    const followed = this.streams.get(stream);
    if (!followed) return undefined;
    const isLate = this.schedule.looked(stream, performance.now());
    const reply = await this.ask(this.redis.eval(LOOK, 1, this.keys.stream(stream)));
    const [last, added] = reply as [EntryId, number];
    // It is a stream again, or gone.
    followed.isSetAside = false;
    if ((last || ZERO_ID) === (watched.known ?? followed.last)) {
      if (last === followed.last) followed.added = added || undefined;
      followed.mayHaveMissed = false;
      return undefined;
    }
    // Between two looks that are far apart it may have been trimmed.
    if (isLate) followed.mayHaveMissed = true;
    watched.known = last || undefined;
    return { last: last || ZERO_ID, added };
  }

  /** @returns whether there may be more */
  private async readOnce(stream: string, watched: Watched, found: Found | undefined): Promise<boolean> {
    const followed = this.streams.get(stream);
    if (!followed || followed.isSetAside) return false;
    const key = this.keys.stream(stream);
    const { last, endOf = '' } = followed;
    const count = this.size.entriesFor(READ_BYTES / Math.max(1, this.underWay.size));
    // In this order on one connection: entries of a stream that began anew do not come without the word of it.
    const [replies, fates] = await this.ask(
      Promise.all([
        this.redis.xreadBuffer('COUNT', count, 'STREAMS', key, last),
        last === ZERO_ID ? [''] : (this.redis.eval(BEGUN_ANEW, 1, key, last, endOf) as Promise<string[]>),
      ]),
    );
    const [fate = ''] = fates;
    if (fate !== '' && fate !== OVERTAKEN) {
      watched.known = undefined;
      this.streams.beginAnew(stream, followed, fate);
      return true;
    }
    const [[, news] = []] = (replies ?? []) as [Buffer, EntryReply[]][];
    return this.accept(stream, { watched, followed, found, count, isOvertaken: fate === OVERTAKEN }, news ?? []);
  }

  private accept(
    stream: string,
    { watched, followed, found, count, isOvertaken }: Reading,
    replies: EntryReply[],
  ): boolean {
    const entries = this.size.entriesOf(stream, replies);
    if (entries.length === 0) return false;
    const isAll = entries.length < count;
    let missed = isOvertaken && (followed.mayHaveMissed || !isAll);
    if (found && isAll && followed.added !== undefined) {
      const expected = found.added - followed.added;
      missed = entries.filter(({ id }) => compareIds(id, found.last) <= 0).length < expected;
    }
    watched.known = undefined;
    followed.mayHaveMissed = !isAll;
    this.streams.accept(stream, followed, entries, missed);
    if (found?.last === followed.last) followed.added = found.added;
    return !isAll;
  }

  private failed(stream: string, watched: Watched, error: unknown): void {
    const followed = this.streams.get(stream);
    if (!followed || this.watched.get(stream) !== watched) return;
    if (isWrongType(error)) {
      watched.known = undefined;
      this.streams.setAside(stream, followed);
      return;
    }
    followed.mayHaveMissed = true;
    this.schedule.retry(stream, performance.now());
  }

  private becomeDeaf(error: unknown): void {
    if (this.schedule.isDeaf) return;
    this.schedule.isDeaf = true;
    this.logger.warn(
      `Redis lets its user not listen to the news of streams (${thrownText(error)}); they come up to seconds late, and cost more. Give the user the channels of the streams: &*`,
    );
  }

  private ask<T>(answer: Promise<T>): Promise<T> {
    return withDeadline(answer, ANSWER_MS, () => new Error('Redis does not answer'));
  }
}
