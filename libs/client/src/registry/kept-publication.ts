/// <reference lib="esnext.disposable" preserve="true" />
import { callOut, type Connection, startTimer, thrownIs, thrownText, type Timer } from '@millrace/protocol';
import { asyncDispose } from '../async-dispose.js';
import { NotFoundError } from '../errors/response.error.js';
import type { CallLimits } from '../timing/call-limits.js';
import { keyOf } from './connection.js';

/** The registry, as a publication that is kept needs it. */
export interface Publisher {
  publish(partition: string, connections: readonly Connection[], limits?: CallLimits): Promise<void>;
  retract(partition: string, uids: readonly string[]): Promise<void>;
}

/** What is kept published, and who hears of it. */
export interface KeptSettings {
  readonly partition: string;
  readonly connections: readonly Connection[];
  /** From one publication to the next, in milliseconds. */
  readonly interval: number;
  readonly onError?: ((error: Error) => void) | undefined;
  readonly onClosed?: () => void;
}

/**
 * Connections that are published again and again, and retracted at the end.
 *
 * @publicApi
 */
export class KeptPublication implements AsyncDisposable {
  private readonly connections = new Map<string, Connection>();
  private timer: Timer | undefined;
  /** Settles when no publication is under way: one that arrives behind a retraction would undo it. */
  private publishing: Promise<unknown> = Promise.resolve();
  private closing: Promise<void> | undefined;
  private failure: Error | undefined;

  /** @internal made by `Registry.keepPublished()` */
  constructor(
    private readonly registry: Publisher,
    private readonly settings: KeptSettings,
  ) {
    for (const connection of settings.connections) this.connections.set(keyOf(connection), connection);
    this.schedule();
  }

  get partition(): string {
    return this.settings.partition;
  }

  /** Why the last publication failed; undefined when it succeeded. The next one is tried all the same. */
  get lastError(): Error | undefined {
    return this.failure;
  }

  /** Publishes further connections from now on, or others under the same names. @throws as `Registry.publish()` */
  async add(...connections: readonly Connection[]): Promise<void> {
    for (const connection of connections) this.connections.set(keyOf(connection), connection);
    await this.publish(connections);
  }

  /** Retracts some, and publishes them no longer. */
  async remove(...uids: readonly string[]): Promise<void> {
    const mine = [...this.connections].filter(([, { uid }]) => uids.includes(uid));
    for (const [key] of mine) this.connections.delete(key);
    await this.retract(mine.map(([, { uid }]) => uid));
  }

  /** Retracts them all. May be called twice. */
  close(): Promise<void> {
    return (this.closing ??= this.end());
  }

  [asyncDispose](): Promise<void> {
    return this.close();
  }

  private async end(): Promise<void> {
    this.timer?.stop();
    this.settings.onClosed?.();
    await this.retract([...this.connections.values()].map(({ uid }) => uid));
  }

  private async again(): Promise<void> {
    try {
      const connections = [...this.connections.values()];
      if (connections.length > 0)
        await this.publish(connections, { timeout: Math.max(1000, this.settings.interval * 4) });
      this.failure = undefined;
    } catch (error) {
      const failure = (this.failure = thrownIs(error, Error) ? error : new Error(thrownText(error), { cause: error }));
      // What it throws is its own affair: the next publication is due all the same.
      if (!this.closing) callOut(() => this.settings.onError?.(failure));
    }
    if (!this.closing) this.schedule();
  }

  private schedule(): void {
    this.timer = startTimer(() => void this.again(), this.settings.interval);
  }

  private publish(connections: readonly Connection[], limits?: CallLimits): Promise<void> {
    const published = this.registry.publish(this.settings.partition, connections, limits);
    this.publishing = Promise.allSettled([this.publishing, published]);
    return published;
  }

  private async retract(uids: readonly string[]): Promise<void> {
    if (uids.length === 0) return;
    await this.publishing;
    try {
      await this.registry.retract(this.settings.partition, uids);
    } catch (error) {
      // Expired or retracted by somebody else: what was wanted holds.
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
}
