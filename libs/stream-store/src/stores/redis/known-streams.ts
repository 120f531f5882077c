import type { RedisClient } from '@millrace/core/redis';
import { assertRoomFor } from '../bounds.js';
import type { RedisKeys } from './redis-keys.js';

/** How long a count of all streams holds: other processes add theirs. */
const COUNTED_MS = 5000;

/** The streams that are known to exist, so that their limit is kept without a look at Redis for each append. */
export class KnownStreams extends Set<string> {
  private countedAt = -Infinity;
  /** Ends when the streams that begin now are counted, with an error or without. */
  private counting: Promise<void> | undefined;

  constructor(
    private readonly limit: number,
    private readonly list: () => Promise<string[]>,
  ) {
    super();
  }

  /**
   * Lets an append to streams in: at once (undefined) where all are known. An append to new ones waits until those are counted,
   * and holds those behind it back: the order is that of the calls.
   *
   * @throws MillraceError when there are too many
   */
  admit(streams: readonly string[]): Promise<void> | undefined {
    const before = this.counting;
    if (!before && streams.every((stream) => this.has(stream))) return undefined;
    const admitted = before ? before.then(() => this.count(streams)) : this.count(streams);
    const counting: Promise<void> = admitted
      .catch(() => undefined)
      .then(() => {
        if (this.counting === counting) this.counting = undefined;
      });
    this.counting = counting;
    return admitted;
  }

  /** Resolves when all that wait have been let in, or refused. */
  async settled(): Promise<void> {
    while (this.counting) await this.counting;
  }

  /** Counts anew next time: an append failed, so whether its streams have begun is not known. */
  expire(): void {
    this.countedAt = -Infinity;
  }

  private async count(streams: readonly string[]): Promise<void> {
    if (Date.now() - this.countedAt > COUNTED_MS) {
      const names = await this.list();
      this.countedAt = Date.now();
      this.clear();
      for (const name of names) this.add(name);
    }
    const parts = streams.map((stream) => ({ stream }));
    assertRoomFor(parts, this, this.limit);
    for (const stream of streams) this.add(stream);
  }
}

/** Keys that one step of the walk looks at. */
const STEP = 1000;

/** Names of all streams behind the prefix; the keys are walked in steps, so that other commands do not wait. */
export async function listStreams(redis: RedisClient, keys: RedisKeys): Promise<string[]> {
  const names = new Set<string>();
  const servers = 'nodes' in redis ? redis.nodes('master') : [redis];
  for (const server of servers) {
    const steps = server.scanStream({ match: keys.pattern, count: STEP, type: 'stream' });
    for await (const found of steps as AsyncIterable<string[]>) {
      for (const key of found) names.add(keys.nameOf(key));
    }
  }
  return [...names];
}
