import type { OnApplicationBootstrap } from '@nestjs/common';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import { Shutdown } from '@millrace/core/shutdown';
import { startInterval, type Timer, thrownIs, thrownText } from '@millrace/protocol';
import { CONNECTIVITY_SETTINGS, type ConnectivitySettings } from '../connectivity.options.js';
import { ConnectionRegistry, HOST_ACTOR } from './connection-registry.js';
import type { Connection } from '@millrace/protocol';

/** Publications within the life of a connection, so that one or two that fail do no harm. */
const PER_LIFE = 4;
const MIN_INTERVAL = 100;

/**
 * Keeps the host's own connections published while it runs, and retracts them when it ends.
 *
 * @example
 * ```ts
 * constructor(publisher: ConnectionPublisher) {
 *   publisher.announce('session-1', { uid: 'render_control', uri: 'rest://host:7890', dataType: 'RunControlMessage' });
 * }
 * ```
 * @publicApi
 */
@Injectable()
export class ConnectionPublisher implements OnApplicationBootstrap {
  private readonly logger = new Logger(ConnectionPublisher.name);
  private readonly announced = new Map<string, Map<string, Connection>>();
  private timer: Timer | undefined;
  private failing = false;
  private ended = false;

  constructor(
    private readonly registry: ConnectionRegistry,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
    shutdown: Shutdown,
  ) {
    shutdown.add({ name: 'publisher of connections', end: () => this.end() });
  }

  /** Adds connections, or replaces those of the same names; they are published at once if the application has started. */
  announce(partition: string, ...connections: readonly Connection[]): void {
    let known = this.announced.get(partition);
    if (!known) this.announced.set(partition, (known = new Map<string, Connection>()));
    for (const connection of connections) known.set(connection.uid, connection);
    if (this.timer) void this.publishAll();
  }

  /** Retracts connections and no longer publishes them. */
  async withdraw(partition: string, ...uids: readonly string[]): Promise<void> {
    const known = this.announced.get(partition);
    const mine = uids.filter((uid) => known?.delete(uid));
    if (known?.size === 0) this.announced.delete(partition);
    if (mine.length > 0) await this.retract(partition, mine);
  }

  async onApplicationBootstrap(): Promise<void> {
    const interval = Math.max(MIN_INTERVAL, this.settings.ttl / PER_LIFE);
    this.timer = startInterval(() => void this.publishAll(), interval);
    this.timer.unref();
    await this.publishAll();
  }

  /** Connections that cannot be retracted stay until they expire. */
  private async end(): Promise<void> {
    this.ended = true;
    this.timer?.stop();
    const retracted = [...this.announced].map(([partition, known]) => this.retract(partition, [...known.keys()]));
    for (const result of await Promise.allSettled(retracted)) if (result.status === 'rejected') throw result.reason;
  }

  private async publishAll(): Promise<void> {
    try {
      for (const [partition, known] of this.announced) {
        if (!this.ended) await this.registry.publish(partition, [...known.values()], HOST_ACTOR);
      }
      this.failing = false;
    } catch (error) {
      // Once for each time of trouble; the next interval tries again.
      if (!this.failing) this.logger.warn(`Cannot publish the connections of this application: ${thrownText(error)}`);
      this.failing = true;
    }
  }

  private async retract(partition: string, uids: readonly string[]): Promise<void> {
    try {
      await this.registry.retract(partition, uids, HOST_ACTOR);
    } catch (error) {
      // Somebody else was faster.
      if (!(thrownIs(error, MillraceError) && error.code === 'NOT_FOUND')) throw error;
    }
  }
}
