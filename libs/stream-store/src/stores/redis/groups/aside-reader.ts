import { compareIds, type EntryId } from '@millrace/protocol';
import type { RedisClient } from '@millrace/core/redis';
import type { SetAsideEntry } from '../../../api/stream-groups.js';
import { ReadSize } from '../redis-reader.js';

/** Reads what a group has set aside: a hash from each ID to JSON, and one to the copies. */
export class AsideReader {
  constructor(private readonly redis: RedisClient) {}

  async list(key: string, { after, count }: { after?: EntryId; count: number }): Promise<SetAsideEntry[]> {
    const all = (await this.redis.hkeys(key)).sort(compareIds);
    const ids = all.filter((id) => after === undefined || compareIds(id, after) > 0).slice(0, count);
    const texts = ids.length === 0 ? [] : await this.redis.hmget(key, ...ids);
    return ids.flatMap((id, index) => {
      const text = texts[index];
      if (text === null || text === undefined) return [];
      const { bytes: _bytes, ...entry } = JSON.parse(text) as Omit<SetAsideEntry, 'id'> & { bytes: number };
      return [{ id, ...entry }];
    });
  }

  async read(
    { stream, aside, copies }: { stream: string; aside: string; copies: string },
    id: EntryId,
  ): Promise<Buffer | undefined> {
    if (!(await this.redis.hexists(aside, id))) return undefined;
    const copy = await this.redis.hgetBuffer(copies, id);
    if (copy) return copy;
    const [kept] = new ReadSize().entriesOf('', await this.redis.xrangeBuffer(stream, id, id));
    return kept?.data;
  }
}
