import type { HubSourceStatus } from '@millrace/protocol';

/** What the scripts `LIST` and `DESCRIBE_SOURCE` answer, behind the names or the document. */
export type ColumnsReply = readonly [instances: string[], now: string, ...columns: string[][]];

/** What is known of sources, as it was read at one moment. */
export class SourceColumns {
  private readonly ends: ReadonlyMap<string, string>;
  private readonly now: number;
  private readonly columns: readonly ReadonlyMap<string, string>[];

  constructor([instances, now, ...columns]: ColumnsReply) {
    this.ends = mapOf(instances);
    this.now = Number(now);
    this.columns = columns.map(mapOf);
  }

  statusOf(name: string): HubSourceStatus {
    const [lease, expected, since, error, open, ...counters] = this.columns.map((column) => column.get(name));
    const [instance = ''] = lease?.split(' ', 1) ?? [];
    const ends = Number(this.ends.get(instance) ?? 0);
    const isHeld = lease !== undefined && ends > this.now;
    const [, errorAt, message] = /^(\d+) ([^]*)$/.exec(error ?? '') ?? [];
    const [notifications = 0, publishes = 0, queries = 0, claims = 0] = counters.map((count) => Number(count ?? 0));
    return {
      name,
      state: isHeld ? (expected === undefined ? 'connected' : 'reconnecting') : 'disconnected',
      // Nobody has noticed yet that its instance has died.
      since:
        lease === undefined || isHeld ? Number(since ?? 0) : Math.max(Number(since ?? 0), Math.min(ends, this.now)),
      ...(message !== undefined && { lastError: message, lastErrorAt: Number(errorAt) }),
      openQueries: isHeld ? Number(open ?? 0) : 0,
      reconnects: Math.max(0, claims - 1),
      notifications,
      publishes,
      queries,
    };
  }
}

function mapOf(pairs: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (let index = 0; index < pairs.length; index += 2) map.set(pairs[index] ?? '', pairs[index + 1] ?? '');
  return map;
}
