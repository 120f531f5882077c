import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { queryOf, rawRequestOf } from '@millrace/core/http';
import { convertEntries, findConversion } from '../engine/conversion/conversion.js';
import { invalidField, parseCount, parseMilliseconds } from '../engine/query.js';
import { parseLastEntryIds } from '../engine/entry-id.js';
import type { EntryId, StoredEntry, StreamGap } from '../api/stream-entry.js';
import { StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, type StreamStoreSettings } from '../stream-store.options.js';
import type { EntryGroup } from './entry-offset.js';
import { eventStream } from './event-stream.js';
import { takeNews } from '../engine/await-news.js';
import type { OpenAnswer } from './open-answers.js';

/** A long poll waits no longer than this, in milliseconds. */
const MAX_BLOCK = 60_000;

/** Bytes of entries in one answer, except for one entry that is larger by itself. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

/** Reads what `GET /data/{id}` asks for. */
@Injectable()
export class DataReader {
  constructor(
    private readonly store: StreamStore,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  /** Streams asked with `*` come first, then the others, each in the order of the request (stream-store§5). */
  async read(streams: readonly string[], query: URLSearchParams, signal: AbortSignal): Promise<FoundEntries> {
    const count = Math.min(parseCount(query, 1), this.settings.limits.maxBatchEntries);
    const block = Math.min(parseMilliseconds(query, 'block') ?? 0, MAX_BLOCK);
    const conversion = findConversion(query.get('output'), query.get('input'));
    const cursors = parseLastEntryIds(query.get('last_entry_id') ?? '*', streams.length);
    if (cursors.includes('-'))
      throw invalidField(['query', 'last_entry_id'], 'Only a pull takes "-"; a read takes an ID, "*", "$" or "0"');
    const plan = streams.map((stream, index) => ({ stream, cursor: cursors[index] ?? '*' }));
    const now = await this.readNow(plan, count, block === 0);
    const found = now.gaps.length > 0 || now.groups.some(({ entries }) => entries.length > 0);
    const result = found || block === 0 ? now : await this.readLater(plan, { count, block, signal });
    if (!conversion) return result;
    const converted = result.groups.map(async ({ entries, newest }) => {
      return { entries: await convertEntries(entries, conversion), newest };
    });
    return { ...result, groups: await Promise.all(converted) };
  }

  /** Server-sent events from `Last-Event-ID`, else `last_entry_id`, else from now on. */
  async events(streams: readonly string[], request: object, answer: OpenAnswer): Promise<Readable> {
    const query = queryOf(request);
    const count = parseCount(query, 100);
    const resumed = rawRequestOf(request).headers['last-event-id'];
    const cursors = (Array.isArray(resumed) ? resumed[0] : resumed) ?? query.get('last_entry_id') ?? '$';
    const follower = await this.store.openFollower(streams, { after: parseLastEntryIds(cursors, streams.length) });
    return eventStream(follower, streams, { count, answer });
  }

  private async readNow(plan: readonly Wanted[], count: number, includeTail: boolean): Promise<FoundEntries> {
    let room = MAX_ANSWER_BYTES;
    const groups: EntryGroup[] = [];
    const gaps: StreamGap[] = [];
    const ordered = [...plan.filter(({ cursor }) => cursor === '*'), ...plan.filter(({ cursor }) => cursor !== '*')];
    for (const { stream, cursor } of ordered) {
      if (room <= 0) break;
      const newest = cursor === '*';
      let entries: readonly StoredEntry[] = [];
      if (newest) entries = await this.store.readNewest(stream, count, room);
      else if (cursor !== '$') {
        const result = await this.store.readAfter(stream, cursor, { count, maxBytes: room });
        entries = result.entries;
        if (result.gap) gaps.push(result.gap);
      } else if (!includeTail) continue;
      for (const { data } of entries) room -= data.length;
      groups.push({ entries, newest });
    }
    return { groups, gaps };
  }

  private async readLater(
    plan: readonly Wanted[],
    { count, block, signal }: { count: number; block: number; signal: AbortSignal },
  ): Promise<FoundEntries> {
    const streams = plan.map(({ stream }) => stream);
    const follower = await this.store.openFollower(streams, { after: plan.map(({ cursor }) => cursor) });
    try {
      const batch = await takeNews(follower, { limit: { count, maxBytes: MAX_ANSWER_BYTES }, wait: block, signal });
      const entries = batch?.entries ?? [];
      const groups = streams.map((stream) => ({
        entries: entries.filter((entry) => entry.stream === stream),
        newest: false,
      }));
      return { groups, gaps: batch?.gaps ?? [] };
    } finally {
      follower.close();
    }
  }
}

/** What an answer holds, and what retention has taken before it could. */
export interface FoundEntries {
  readonly groups: readonly EntryGroup[];
  readonly gaps: readonly StreamGap[];
}

interface Wanted {
  readonly stream: string;
  readonly cursor: EntryId;
}
