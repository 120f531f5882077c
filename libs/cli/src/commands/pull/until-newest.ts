import type { StreamEntry } from '@millrace/client';
import type { Rest } from '../../server/rest.js';
import { isAtOrBehind } from './compare-ids.js';

/** Tells when each stream has come to the entry that was its newest at the start. */
export class UntilNewest {
  private constructor(private readonly open: Map<string, string>) {}

  /** Asks for the newest entries. Streams without entries, or whose newest one is not behind `after`, have nothing to wait for. */
  static async of(streams: readonly string[], after: string, rest: Rest): Promise<UntilNewest> {
    const open = new Map<string, string>();
    for (const stream of streams) {
      const information = (await rest.get(`streams/${encodeURIComponent(stream)}`)) as Record<string, unknown>;
      const { 'last-entry': newest } = information;
      if (typeof newest === 'string' && !isAtOrBehind(after, newest)) open.set(stream, newest);
    }
    return new UntilNewest(open);
  }

  /** Whether nothing is left to come. */
  get done(): boolean {
    return this.open.size === 0;
  }

  /** Whether an entry came after the start, and is none of those that were asked for. */
  isNewer({ stream, id }: StreamEntry): boolean {
    const newest = this.open.get(stream);
    return newest === undefined || (isAtOrBehind(id, newest) && id !== newest);
  }

  /** Notes an entry. */
  note({ stream, id }: StreamEntry): void {
    const newest = this.open.get(stream);
    if (newest !== undefined && isAtOrBehind(id, newest)) this.open.delete(stream);
  }
}
