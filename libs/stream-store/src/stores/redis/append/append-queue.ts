import { isCluster, type RedisClient } from '@millrace/core/redis';
import type { EntryId, NewEntry, ProducerPosition } from '../../../api/stream-store.js';
import { AppendCommands } from './append-commands.js';
import { AppendGroup } from './append-group.js';
import { OrderedAppends } from './ordered-appends.js';
import { ClusterServers, OneServer } from './append-routes.js';
import { AppendWriter } from './append-writer.js';
import type { RedisKeys } from '../redis-keys.js';

/** What the appends of a store need to know. */
export interface AppendSettings {
  readonly keys: RedisKeys;
  /** How long an append is sent from server to server, in milliseconds. */
  readonly patience: number;
  /** Entries that a stream may keep; 0 while that is not known. */
  readonly maxLength: (stream: string) => number;
  /** Called with the streams of an append, before it is answered, when one of them was not there before. */
  readonly onBegun: (streams: readonly string[]) => void;
}

/**
 * Stores appends in the order of the calls. One that has failed for its caller is never stored behind one that is acknowledged
 * later. On one server all appends of the store are in one order, in a cluster those of each stream.
 */
export class AppendQueue {
  private readonly orders = new Map<string, OrderedAppends>();
  private readonly writer: AppendWriter;
  private readonly isCluster: boolean;

  constructor(redis: RedisClient, { keys, patience, maxLength, onBegun }: AppendSettings) {
    this.isCluster = isCluster(redis);
    const routes = isCluster(redis) ? new ClusterServers(redis) : new OneServer(redis);
    const commands = new AppendCommands(keys, this.isCluster, maxLength);
    this.writer = new AppendWriter(routes, commands, patience, onBegun);
  }

  /**
   * @param begins whether streams begin by it that are known not to be there
   * @param producer whose entries these are, all for one stream and without own IDs
   * @throws EntryIdError, ProducerError, StoreFullError, StoreUnavailableError
   */
  append(entries: readonly NewEntry[], begins: boolean, producer?: ProducerPosition): Promise<EntryId[]> {
    const parts = this.isCluster ? partsOf(entries) : new Map([['', entries]]);
    const [stream = ''] = parts.keys();
    return parts.size > 1 ? this.spread(entries, parts, begins) : this.order(stream).append(entries, begins, producer);
  }

  /** Resolves when everything that was appended has been answered. */
  async drain(): Promise<void> {
    while (this.orders.size > 0) await Promise.all([...this.orders.values()].map(({ settled }) => settled));
  }

  private order(name: string): OrderedAppends {
    let order = this.orders.get(name);
    if (!order) {
      order = new OrderedAppends(this.writer, !this.isCluster, () => this.orders.delete(name));
      this.orders.set(name, order);
    }
    return order;
  }

  /**
   * In a cluster the streams may lie on different servers, and no transaction spans those: there all IDs are checked first,
   * then each stream gets its part as a transaction of its own.
   */
  private async spread(
    entries: readonly NewEntry[],
    parts: ReadonlyMap<string, readonly NewEntry[]>,
    begins: boolean,
  ): Promise<EntryId[]> {
    const releases = await Promise.all([...parts.keys()].map((stream) => this.order(stream).hold()));
    const send = (mode: 'check' | 'own'): Promise<EntryId[][]> =>
      allOf([...parts.values()].map((part) => this.sendPart(new AppendGroup(mode, begins), part)));
    try {
      await send('check');
      const stored = (await send('own')).map((ids) => ids.values());
      const ids = new Map([...parts.keys()].map((stream, index) => [stream, stored[index]]));
      return entries.map(({ stream }) => ids.get(stream)?.next().value as EntryId);
    } finally {
      for (const release of releases) release();
    }
  }

  private async sendPart(group: AppendGroup, part: readonly NewEntry[]): Promise<EntryId[]> {
    const [ids] = await Promise.all([group.add(part), this.writer.write([group])]);
    return ids;
  }
}

/** Waits for all of them, also when one fails. */
async function allOf<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function partsOf(entries: readonly NewEntry[]): Map<string, NewEntry[]> {
  const parts = new Map<string, NewEntry[]>();
  for (const entry of entries) {
    const part = parts.get(entry.stream);
    if (part) part.push(entry);
    else parts.set(entry.stream, [entry]);
  }
  return parts;
}
