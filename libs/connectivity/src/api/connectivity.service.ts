import { Injectable } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { Shutdown } from '@millrace/core/shutdown';
import { type Duration, parseDuration, startTimer, thrownIs } from '@millrace/protocol';
import { ConnectionRegistry, HOST_ACTOR, type WatchEvent, type WatchOptions } from './connection-registry.js';
import type { ConnectionEntry } from './connection-entry.js';
import type { Connection, ConnectionQuery } from '@millrace/protocol';

/**
 * The registry for the host's own code.
 *
 * @publicApi
 */
@Injectable()
export class ConnectivityService {
  constructor(
    private readonly registry: ConnectionRegistry,
    private readonly shutdown: Shutdown,
  ) {}

  /** Publishes once; `ConnectionPublisher` keeps connections published. */
  publish(partition: string, connections: readonly Connection[]): Promise<void> {
    return this.registry.publish(partition, connections, HOST_ACTOR);
  }

  /** Live connections that match; none when there is no such partition. @throws PatternError */
  async lookup(partition: string, query: ConnectionQuery = {}): Promise<readonly ConnectionEntry[]> {
    try {
      return await this.registry.lookup(partition, query);
    } catch (error) {
      if (thrownIs(error, MillraceError) && error.code === 'NOT_FOUND') return [];
      throw error;
    }
  }

  /** @throws PartitionNotFoundError @throws ConnectionNotFoundError */
  retract(partition: string, uids: readonly string[]): Promise<void> {
    return this.registry.retract(partition, uids, HOST_ACTOR);
  }

  /** See {@link ConnectionRegistry.watch}. */
  watch(partition: string, query: ConnectionQuery = {}, options: WatchOptions = {}): AsyncIterable<WatchEvent> {
    return this.registry.watch(partition, query, options);
  }

  /**
   * Waits until at least so many connections match.
   *
   * @param deadline how long to wait
   * @returns those that match then
   * @throws MillraceError `TIMED_OUT`, or `GOING_AWAY` as soon as the application begins to end @throws PatternError
   */
  async waitFor(
    partition: string,
    query: ConnectionQuery,
    count = 1,
    deadline: Duration = '10s',
  ): Promise<readonly ConnectionEntry[]> {
    const milliseconds = parseDuration(deadline);
    if (milliseconds === undefined)
      throw new MillraceError(
        'BAD_REQUEST',
        `The deadline must be milliseconds, or text such as "10s", not "${deadline}"`,
      );
    const over = new AbortController();
    const end = (): void => over.abort();
    const timer = startTimer(end, milliseconds).unref();
    const { signal: ending } = this.shutdown;
    ending.addEventListener('abort', end);
    const present = new Map<string, ConnectionEntry>();
    try {
      for await (const event of this.registry.watch(partition, query, { signal: over.signal })) {
        if (event.type === 'snapshot') {
          present.clear();
          for (const entry of event.connections) present.set(entry.uid, entry);
        } else if (event.type === 'published' || event.type === 'changed') {
          present.set(event.connection.uid, event.connection);
        } else if (event.type !== 'gap') present.delete(event.connection.uid);
        if (present.size >= count) return [...present.values()];
        // A wait that begins when the application is ending has seen the set once.
        if (ending.aborted) break;
      }
    } finally {
      timer.stop();
      ending.removeEventListener('abort', end);
    }
    if (!over.signal.aborted || ending.aborted)
      throw new MillraceError(
        'GOING_AWAY',
        `The wait for connections in partition "${partition}" ended with the application`,
      );
    throw new MillraceError(
      'TIMED_OUT',
      `${present.size} of ${count} connections were there in partition "${partition}" after ${milliseconds} ms; is their publisher running?`,
    );
  }
}
