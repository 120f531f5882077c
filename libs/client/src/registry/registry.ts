import type { Connection, ConnectionEvent, ConnectionQuery, Duration, FoundConnection } from '@millrace/protocol';
import { ConfigurationError } from '../errors/client.error.js';
import type { ServerLink } from '../link/server-link.js';
import type { CallLimits } from '../timing/call-limits.js';
import { withinLimits } from '../timing/call-limits.js';
import { milliseconds } from '../settings/read-setting.js';
import {
  type RegistryEntries,
  keyOf,
  type Partition,
  readConnection,
  readRegistryEntries,
  writeConnection,
} from './connection.js';
import { KeptPublication } from './kept-publication.js';
import { watchConnections, type ConnectionWatchOptions } from './watch-connections.js';

/** Options of {@link Registry.keepPublished}. */
export interface KeepOptions extends CallLimits {
  /** From one publication to the next; a connection lives 10 s by default. @default '2s' */
  interval?: Duration;
  /** Hears of each publication that failed; the next one is tried all the same. */
  onError?: (error: Error) => void;
}

/** What {@link Registry.lookup} needs. */
export interface LookupQuery extends ConnectionQuery {
  readonly dataType: string;
}

/** What {@link Registry.entries} is to list. */
export interface EntriesQuery extends ConnectionQuery {
  /** Expired ones too, as long as the registry knows them. @default false */
  readonly expired?: boolean;
  /** How many at most, 1 to 10,000. @default 1000 */
  readonly count?: number;
}

/**
 * The registry of who is reachable where.
 *
 * @publicApi
 */
export class Registry {
  /** @internal made by `connect()` */
  constructor(private readonly link: ServerLink) {}

  /** Publishes connections, or publishes them again; they live for as long as the registry says (10 s by default). */
  async publish(
    partition: string,
    connections: Connection | readonly Connection[],
    limits?: CallLimits,
  ): Promise<void> {
    const list = 'uid' in connections ? [connections] : connections;
    const body = { partition, connections: list.map(writeConnection) };
    await this.link.text({ method: 'POST', path: 'publish', body, repeatable: true }, limits);
  }

  /**
   * Live connections whose whole name and data type match, in the order of their first publication.
   *
   * @throws NotFoundError when the partition does not exist
   */
  async lookup(
    partition: string,
    { pattern = '.*', dataType }: LookupQuery,
    limits?: CallLimits,
  ): Promise<FoundConnection[]> {
    const path = `getconnection/${encodeURIComponent(partition)}`;
    const body = { uid_regex: pattern, data_type: dataType };
    const found = await this.link.json({ method: 'POST', path, body, repeatable: true }, limits);
    return (found as unknown[]).map(readConnection);
  }

  /** Live connections of a partition, of every data type unless one is given; none for an unknown partition. */
  list(partition: string, query: ConnectionQuery = {}, limits: CallLimits = {}): Promise<FoundConnection[]> {
    return this.watchUntil(0, 'The list of connections', partition, query, limits);
  }

  /**
   * Connections of a partition with who published them and how long they live, in the order of their first publication.
   *
   * @throws NotFoundError when the partition does not exist
   */
  async entries(
    partition: string,
    { pattern, dataType, expired, count }: EntriesQuery = {},
    limits?: CallLimits,
  ): Promise<RegistryEntries> {
    const query = new URLSearchParams();
    if (pattern !== undefined) query.set('uid_regex', pattern);
    if (dataType !== undefined) query.set('data_type', dataType);
    if (expired !== undefined) query.set('expired', String(expired));
    if (count !== undefined) query.set('count', String(count));
    const path = `connections/${encodeURIComponent(partition)}/entries?${query.toString()}`;
    return readRegistryEntries(await this.link.json({ path }, limits));
  }

  /** Waits until at least so many connections match; answers them. @throws RequestTimeoutError */
  waitFor(
    partition: string,
    query: ConnectionQuery,
    { count = 1, ...limits }: CallLimits & { count?: number } = {},
  ): Promise<FoundConnection[]> {
    return this.watchUntil(count, 'The wait for connections', partition, query, limits);
  }

  /** What matches now, then each change once and in order, through cuts of the connection. */
  watch(partition: string, options: ConnectionWatchOptions = {}): AsyncGenerator<ConnectionEvent, void, undefined> {
    return watchConnections(this.link, partition, options);
  }

  /** Publishes connections now and again until it is closed, and retracts them then. */
  async keepPublished(
    partition: string,
    connections: Connection | readonly Connection[],
    { interval = 2000, onError, ...limits }: KeepOptions = {},
  ): Promise<KeptPublication> {
    const list = 'uid' in connections ? [connections] : connections;
    const pause = milliseconds('interval', interval);
    if (pause === 0) throw new ConfigurationError('interval', 'give a time span above 0, not 0');
    await this.publish(partition, list, limits);
    const { link } = this;
    const onClosed = (): void => void link.closers.delete(kept);
    const kept = new KeptPublication(this, { partition, connections: list, interval: pause, onError, onClosed });
    link.closers.add(kept);
    return kept;
  }

  /** Retracts connections by name. @throws NotFoundError when one is not known; the others are retracted */
  async retract(partition: string, uids: string | readonly string[], limits?: CallLimits): Promise<void> {
    const list = typeof uids === 'string' ? [uids] : uids;
    const body = { partition, connections: list.map((uid) => ({ connection_id: uid })) };
    await this.link.text({ method: 'POST', path: 'retract', body }, limits);
  }

  /** Retracts everything in a partition. @throws NotFoundError when the partition does not exist */
  async retractPartition(partition: string, limits?: CallLimits): Promise<void> {
    await this.link.text({ method: 'POST', path: 'retract-partition', body: { partition } }, limits);
  }

  /** The partitions there are. */
  async partitions(limits?: CallLimits): Promise<Partition[]> {
    return (await this.link.json({ path: 'connections/partitions' }, limits)) as Partition[];
  }

  /** Watches until at least `count` connections match, beginning with the snapshot; answers them. */
  private watchUntil(
    count: number,
    what: string,
    partition: string,
    query: ConnectionQuery,
    limits: CallLimits,
  ): Promise<FoundConnection[]> {
    const bounds = { ...limits, closed: this.link.closed };
    return withinLimits(what, bounds, this.link.settings.timeout, async (signal) => {
      const live = new Map<string, FoundConnection>();
      for await (const event of this.watch(partition, { ...query, signal })) {
        if (event.type === 'gap') continue;
        if (event.type === 'snapshot') {
          live.clear();
          for (const one of event.connections) live.set(keyOf(one), one);
        } else if (event.type === 'published' || event.type === 'changed') {
          live.set(keyOf(event.connection), event.connection);
        } else live.delete(keyOf(event.connection));
        if (live.size >= count) break;
      }
      return [...live.values()];
    });
  }
}
