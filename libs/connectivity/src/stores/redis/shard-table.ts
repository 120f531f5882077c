import type { RedisConnections } from '@millrace/core/redis';
import type { Holdings } from '../../engine/state/apply-command.js';
import { Barrier } from './log/barrier.js';
import { LOG_VERSION } from './log/log-entry.js';
import type { TableKeys } from './log/registry-keys.js';
import { NewerReleaseError } from './log/registry-errors.js';
import { TABLE } from './log/table-scripts.js';
import { type RegistryClock, SILENCE } from './registry-clock.js';

/** What one shard holds, as of an entry of its log. */
export interface ShardHoldings extends Holdings {
  /** Number of the entry. */
  readonly count: number;
}

/** The table as it was read last. */
export interface Table {
  /** The shards that were founded. */
  readonly shards: ReadonlyMap<number, ShardHoldings>;
  /** The most partitions there were at once, in all shards. */
  readonly maxPartitions: number;
  /** Places for new partitions that nobody else got: the last one; there are as many as were asked for. */
  readonly lastOrder: number;
  /** Whether a release with one log for all has left data that is not yet in the shards. */
  readonly hasEarlier: boolean;
  /** How long it takes until a shard that is not in the table was certainly not lost with an earlier table, in milliseconds. */
  readonly settlesIn: number;
}

/**
 * What the shards of a registry hold, for instances that do not follow all of them: kept in Redis by those who follow them. By it
 * the limits of the whole registry are checked.
 */
export class ShardTable {
  private latest: Table | undefined;
  private readonly barrier: Barrier<Table>;
  private placesWanted = 0;
  private forgets = false;
  private readonly placesTaken = new WeakMap<Table, number>();

  /** @param followed what this instance knows of the shards that it follows */
  constructor(
    private readonly connections: RedisConnections<'commands'>,
    private readonly keys: TableKeys,
    private readonly clock: RegistryClock,
    private readonly followed: () => Iterable<readonly [shard: number, ShardHoldings]>,
  ) {
    this.barrier = new Barrier((sent) => this.exchange(sent));
  }

  /** What this instance has read last; undefined before the first time. */
  get known(): Table | undefined {
    return this.latest;
  }

  /** Tells what this instance knows, and reads what the others have told. @throws MillraceError `UNAVAILABLE` */
  tell(): Promise<Table> {
    return this.barrier.ask();
  }

  /** A place for a new partition, behind all that were taken before; with a table that is not older than the call. */
  async place(): Promise<{ readonly order: number; readonly table: Table }> {
    // Of those who share one exchange each takes one of its places.
    this.placesWanted += 1;
    const table = await this.barrier.ask();
    const { lastOrder } = table;
    const taken = this.placesTaken.get(table) ?? 0;
    this.placesTaken.set(table, taken + 1);
    return { order: lastOrder - taken, table };
  }

  /** Forgets the most partitions there were. */
  async forgetMost(): Promise<void> {
    this.forgets = true;
    await this.barrier.ask();
  }

  private async exchange(sent: () => void): Promise<Table> {
    sent();
    const { shards, presence, clock, log, snapshot } = this.keys;
    const { placesWanted, forgets, latest } = this;
    this.placesWanted = 0;
    this.forgets = false;
    const told = [...this.followed()].filter(([shard, { count }]) => count > (latest?.shards.get(shard)?.count ?? 0));
    const values = [LOG_VERSION, 0, '0-0', this.clock.estimate(), latest ? 1 : 0, placesWanted, forgets ? 1 : 0];
    const rows = told.flatMap(([shard, { count, partitions, connections }]) => [shard, count, partitions, connections]);
    const keys = [shards, presence, clock, log, snapshot];
    const reply = await this.connections.persist((redis) => TABLE.run(redis, keys, [...values, ...rows]));
    const [texts, earlier, fields] = reply as [string[], number, string[]];
    const [time, born, suspect, most, order] = texts;
    if (earlier === 2) throw new NewerReleaseError();
    const now = this.clock.heard(Number(time));
    const table: Table = {
      shards: readRows(fields),
      maxPartitions: Number(most),
      lastOrder: Number(order),
      hasEarlier: earlier === 1,
      settlesIn: suspect === '1' ? Math.max(0, Number(born) + SILENCE - now) : 0,
    };
    this.latest = table;
    return table;
  }
}

function readRows(fields: readonly string[]): Map<number, ShardHoldings> {
  const rows = new Map<number, ShardHoldings>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [count = NaN, partitions = 0, connections = 0] = (fields[at + 1] ?? '').split(' ').map(Number);
    if (/^\d+$/.test(fields[at] ?? '') && Number.isSafeInteger(count)) {
      rows.set(Number(fields[at]), { count, partitions, connections });
    }
  }
  return rows;
}
