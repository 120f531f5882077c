import type { RedisClient } from '@millrace/core/redis';
import { tooManyStreams } from '../../api/store.errors.js';
import type { RedisKeys } from './redis-keys.js';

/** How long a count of all streams holds: other processes add theirs. */
const COUNTED_MS = 5000;

/** The streams that are known to exist, so that their limit is kept without a look at Redis for each append. */
export class KnownStreams {
  private readonly known = new Set<string>();
  private countedAt = -Infinity;

  constructor(
    private readonly limit: number,
    private readonly list: () => Promise<string[]>,
  ) {}

  has(stream: string): boolean {
    return this.known.has(stream);
  }

  /** Counts streams that are about to begin. @throws MillraceError when there are too many */
  async admit(streams: readonly string[]): Promise<void> {
    if (Date.now() - this.countedAt > COUNTED_MS) {
      const names = await this.list();
      this.countedAt = Date.now();
      this.known.clear();
      for (const name of names) this.known.add(name);
    }
    const fresh = streams.filter((stream) => !this.known.has(stream));
    if (this.known.size + fresh.length > this.limit) throw tooManyStreams(this.limit);
    for (const stream of fresh) this.known.add(stream);
  }

  forget(stream: string): void {
    this.known.delete(stream);
  }

  /** Counts anew next time: an append failed, so whether its streams have begun is not known. */
  expire(): void {
    this.countedAt = -Infinity;
  }
}

/** Keys that one step of the walk looks at. */
const STEP = 1000;

/** Names of all streams behind the prefix; the keys are walked in steps, so that other commands do not wait. */
export async function listStreams(redis: RedisClient, keys: RedisKeys): Promise<string[]> {
  const names = new Set<string>();
  const servers = 'nodes' in redis ? redis.nodes('master') : [redis];
  for (const server of servers) {
    let cursor = '0';
    do {
      const [next, found] = await server.scan(cursor, 'MATCH', keys.pattern, 'COUNT', STEP, 'TYPE', 'stream');
      for (const key of found) names.add(keys.nameOf(key));
      cursor = next;
    } while (cursor !== '0');
  }
  return [...names];
}
