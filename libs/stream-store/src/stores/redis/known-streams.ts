import { mastersOf, type RedisClient } from '@millrace/core/redis';
import { assertRoomFor, type NameLimits } from '../stream-names.js';
import type { NameShares } from './name-shares.js';
import type { RedisKeys } from './redis-keys.js';

/** How long a count of all names holds: other processes add theirs. */
const COUNTED_MS = 5000;

/**
 * The names that are known to be taken, by entries or metadata, so that the limits of streams are kept without a look at Redis
 * for each append.
 */
export class KnownStreams extends Set<string> {
  private countedAt = -Infinity;
  private sharesLookedAt = -Infinity;
  /** Ends when the streams that begin now are counted, with an error or without. */
  private counting: Promise<unknown> | undefined;

  /** @param list the names of all streams, and of all metadata */
  constructor(
    private readonly limits: NameLimits,
    private readonly shares: NameShares,
    private readonly list: () => Promise<string[]>,
  ) {
    super();
  }

  /**
   * Lets an append to streams in: at once (undefined) where all are known. An append to new ones waits until those are counted,
   * and holds those behind it back: the order is that of the calls.
   *
   * @param owner whose share new ones count to
   * @returns those that are new
   * @throws MillraceError when there are too many
   */
  admit(streams: readonly string[], owner: string | undefined): Promise<readonly string[]> | undefined {
    const before = this.counting;
    if (!before && streams.every((stream) => this.has(stream))) return undefined;
    const admitted = before ? before.then(() => this.count(streams, owner)) : this.count(streams, owner);
    const counting: Promise<unknown> = admitted
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

  private async count(streams: readonly string[], owner: string | undefined): Promise<readonly string[]> {
    if (performance.now() - this.countedAt > COUNTED_MS) await this.recount();
    const fresh = streams.filter((stream) => !this.has(stream));
    assertRoomFor(fresh.length, this.size, this.limits);
    if (fresh.length > 0 && owner !== undefined) await this.takeShare(fresh, owner);
    for (const stream of fresh) this.add(stream);
    return fresh;
  }

  private async recount(): Promise<void> {
    const names = await this.list();
    this.countedAt = performance.now();
    this.clear();
    for (const name of names) this.add(name);
  }

  private async takeShare(fresh: readonly string[], owner: string): Promise<void> {
    try {
      await this.shares.take(fresh, owner);
    } catch (error) {
      if (performance.now() - this.sharesLookedAt <= COUNTED_MS) throw error;
      // Some of its streams may be gone without us.
      this.sharesLookedAt = performance.now();
      await this.recount();
      await this.shares.releaseUnused((name) => this.has(name));
      await this.shares.take(fresh, owner);
    }
  }
}

/** Keys that one step of the walk looks at. */
const STEP = 1000;

/** Names of all streams behind the prefix; the keys are walked in steps, so that other commands do not wait. */
export async function listStreams(redis: RedisClient, keys: RedisKeys): Promise<string[]> {
  return [...(await findKeys(redis, keys.pattern, 'stream'))].map((key) => keys.nameOf(key));
}

/** The same for the names that have metadata. */
export async function listMetadata(redis: RedisClient, keys: RedisKeys): Promise<string[]> {
  const { length } = keys.metadata('');
  return [...(await findKeys(redis, keys.metadataPattern, 'string'))].map((key) => key.slice(length));
}

async function findKeys(redis: RedisClient, match: string, type: 'stream' | 'string'): Promise<Set<string>> {
  const all = new Set<string>();
  for (const server of mastersOf(redis)) {
    const steps = server.scanStream({ match, count: STEP, type });
    for await (const found of steps as AsyncIterable<string[]>) {
      for (const key of found) all.add(key);
    }
  }
  return all;
}
