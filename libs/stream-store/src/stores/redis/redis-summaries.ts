import { isCluster, keySlot, type RedisClient } from '@millrace/core/redis';
import { type EntryId, ZERO_ID } from '@millrace/protocol';
import type { StreamDescription, StreamSummary } from '../../api/stream-store.js';
import type { RedisKeys } from './redis-keys.js';
import { DESCRIBE, SUMMARIZE } from './summary-scripts.js';

/** Streams that one script looks at: other commands wait for about a millisecond. */
const STREAMS_OF_SCRIPT = 100;
/** Scripts that are under way at the same time: in a cluster each looks at the streams of one slot. */
const SCRIPTS = 100;

type SummaryReply = [ids: string[], numbers: number[]] | '';

/** Asks Redis what it knows of streams. */
export class RedisSummaries {
  private readonly inCluster: boolean;

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
  ) {
    this.inCluster = isCluster(redis);
  }

  async describe(stream: string): Promise<StreamDescription | undefined> {
    const reply = await this.redis.eval(DESCRIBE, 1, this.keys.stream(stream));
    if (reply === null) return undefined;
    const [ids, numbers] = reply as [ids: string[], numbers: number[]];
    const [lastGeneratedId = ZERO_ID, maxDeletedEntryId = ZERO_ID, firstEntry, lastEntry] = ids;
    const [length = 0, entriesAdded = 0, groups = 0, radixTreeKeys = 0, radixTreeNodes = 0, ended = 0] = numbers;
    return {
      stream,
      length,
      lastGeneratedId,
      ended: ended > 0,
      maxDeletedEntryId,
      entriesAdded,
      firstEntry,
      lastEntry,
      groups,
      radixTreeKeys,
      radixTreeNodes,
    };
  }

  /** In the order of the request; names without a stream are left out. */
  async of(streams: readonly string[]): Promise<StreamSummary[]> {
    const found = new Map<string, StreamSummary>();
    const parts = this.partsOf(streams);
    const most = this.inCluster ? SCRIPTS : 1;
    for (let from = 0; from < parts.length; from += most)
      await Promise.all(parts.slice(from, from + most).map((part) => this.look(part, found)));
    return streams.flatMap((stream) => found.get(stream) ?? []);
  }

  private async look(streams: readonly string[], found: Map<string, StreamSummary>): Promise<void> {
    const keys = streams.flatMap((stream) => [
      this.keys.stream(stream),
      this.keys.group('all', stream, undefined, this.inCluster),
    ]);
    const replies = (await SUMMARIZE.run(this.redis, keys)) as SummaryReply[];
    for (const [index, reply] of replies.entries()) {
      const stream = streams[index] as string;
      if (reply !== '') found.set(stream, summaryOf(stream, reply));
    }
  }

  /** Streams that one script may look at: in a cluster those of one slot. */
  private partsOf(streams: readonly string[]): string[][] {
    const slots = new Map<number, string[]>();
    for (const stream of streams) {
      const slot = this.inCluster ? keySlot(this.keys.stream(stream)) : 0;
      const known = slots.get(slot);
      if (known) known.push(stream);
      else slots.set(slot, [stream]);
    }
    return [...slots.values()].flatMap((all) => {
      const parts: string[][] = [];
      for (let from = 0; from < all.length; from += STREAMS_OF_SCRIPT)
        parts.push(all.slice(from, from + STREAMS_OF_SCRIPT));
      return parts;
    });
  }
}

function summaryOf(stream: string, [ids, numbers]: Exclude<SummaryReply, ''>): StreamSummary {
  const [firstEntry, lastEntry] = ids as (EntryId | undefined)[];
  const [length = 0, entriesAdded = 0, groups = 0, ended = 0] = numbers;
  return { stream, length, ended: ended > 0, entriesAdded, firstEntry, lastEntry, groups };
}
