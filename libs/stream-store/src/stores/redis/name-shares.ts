import type { RedisClient } from '@millrace/core/redis';
import { type NameLimits, shareUsedUp } from '../stream-names.js';
import type { RedisKeys } from './redis-keys.js';

/** A name that was taken longer ago than this, and has neither entries nor metadata, is given back. */
const UNUSED_MS = 60_000;
/** Owners that one step of a walk looks at. */
const STEP = 1000;

/**
 * Takes names for an owner, all or none. KEYS: a hash from each name to when it was taken and its owner, and a hash from each
 * owner to the number of its names. ARGV: the owner, how many it may have ('' for any number), the clock in milliseconds, and
 * the names. A name that is taken stays with its owner. Answers 1, or 0 when they would be too many.
 */
const TAKE = `
local owner, most, fresh = ARGV[1], tonumber(ARGV[2]), {}
for index = 4, #ARGV do
  if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 0 then fresh[#fresh + 1] = ARGV[index] end
end
if #fresh == 0 then return 1 end
if most and tonumber(redis.call('HGET', KEYS[2], owner) or '0') + #fresh > most then return 0 end
for _, name in ipairs(fresh) do redis.call('HSET', KEYS[1], name, ARGV[3] .. ' ' .. owner) end
redis.call('HINCRBY', KEYS[2], owner, #fresh)
return 1
`;

/** Gives names back. KEYS: as above. ARGV: the names. */
const RELEASE = `
for _, name in ipairs(ARGV) do
  local taken = redis.call('HGET', KEYS[1], name)
  if taken then
    local owner = string.match(taken, '^%d+ (.*)$')
    redis.call('HDEL', KEYS[1], name)
    if owner and redis.call('HINCRBY', KEYS[2], owner, -1) <= 0 then redis.call('HDEL', KEYS[2], owner) end
  end
end
`;

/** Who made which stream, for all processes on one Redis. In a cluster both keys lie on one server, beside no stream. */
export class NameShares {
  private readonly hashes: [names: string, counts: string];
  /** Streams that began by an append which is about to be answered. */
  private readonly begun = new Set<string>();

  constructor(
    private readonly redis: RedisClient,
    private readonly keys: RedisKeys,
    private readonly limits: NameLimits,
  ) {
    this.hashes = [keys.owners('names'), keys.owners('counts')];
  }

  /** @throws MillraceError `TOO_MANY_REQUESTS` when the owner may not have so many */
  async take(names: readonly string[], owner: string): Promise<void> {
    if (!(await this.ask(names, owner, this.limits.maxStreamsPerPrincipal))) throw shareUsedUp(this.limits);
  }

  /** To be called when an append has made streams, before it is answered. */
  began(streams: readonly string[]): void {
    for (const stream of streams) this.begun.add(stream);
  }

  /** Counts streams to the one who made them anew, which were known, but had been deleted meanwhile. */
  adoptBegun(
    streams: readonly string[],
    taken: readonly string[],
    owner: string | undefined,
  ): Promise<void> | undefined {
    if (this.begun.size === 0) return undefined;
    const counted = new Set(taken);
    const begun = streams.filter((stream) => this.begun.delete(stream) && !counted.has(stream));
    if (begun.length === 0 || owner === undefined) return undefined;
    // The entries are stored: an error here is not one of the append.
    return this.ask(begun, owner, '').then(
      () => undefined,
      () => undefined,
    );
  }

  /** Gives back names that were taken for streams which did not come to be. Never rejects. */
  async giveBack(names: readonly string[], owner: string | undefined): Promise<void> {
    if (owner === undefined || names.length === 0) return;
    const { redis, keys } = this;
    const isUsed = async (name: string): Promise<boolean> => {
      const [stream, metadata] = await Promise.all([redis.type(keys.stream(name)), redis.type(keys.metadata(name))]);
      return stream === 'stream' || metadata === 'string';
    };
    try {
      const used = await Promise.all(names.map(isUsed));
      await this.release(names.filter((_name, index) => !used[index]));
    } catch {
      // Redis is away: they are found unused when their owner needs them.
    }
  }

  async release(names: readonly string[]): Promise<void> {
    if (names.length > 0) await this.redis.eval(RELEASE, 2, [...this.hashes, ...names]);
  }

  /** Gives names back whose stream is gone without us: another program removed it, or a process ended before its first entry. */
  async releaseUnused(isUsed: (name: string) => boolean): Promise<void> {
    const [names] = this.hashes;
    const before = Date.now() - UNUSED_MS;
    for (let cursor = '0'; ;) {
      const [next, found] = await this.redis.hscan(names, cursor, 'COUNT', STEP);
      const unused: string[] = [];
      for (let index = 0; index < found.length; index += 2) {
        const [name = '', taken = ''] = found.slice(index, index + 2);
        if (parseInt(taken, 10) < before && !isUsed(name)) unused.push(name);
      }
      await this.release(unused);
      if (next === '0') return;
      cursor = next;
    }
  }

  private async ask(names: readonly string[], owner: string, most: number | ''): Promise<boolean> {
    const values = [...this.hashes, owner, String(most), String(Date.now()), ...names];
    return (await this.redis.eval(TAKE, 2, values)) === 1;
  }
}
