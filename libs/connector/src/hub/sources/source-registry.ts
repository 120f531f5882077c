import { describeError } from '@millrace/core/errors';
import { type HubSourceDetails, type HubSourceStatus, type SourceNotification, thrownIs } from '@millrace/protocol';
import { HubQueryError } from '../../errors/query.errors.js';
import { hubError } from '../queries/hub-errors.js';
import type { HubSettings } from '../../connector-hub.options.js';
import { HubSource, type ServingSession } from './hub-source.js';
import type { SourceConfiguration, SourceStore } from '../../api/source-store.port.js';

/** The sources of one hub: their documents in the store, and beside them what is known at run time. */
export class SourceRegistry {
  private readonly runtime = new Map<string, HubSource>();
  private readonly startedAt = Date.now();
  private changes = 0;

  constructor(
    private readonly settings: HubSettings,
    private readonly store: SourceStore,
    private readonly deliver: (notification: SourceNotification) => unknown,
  ) {}

  find(name: string): HubSource | undefined {
    return this.runtime.get(name);
  }

  /** The run-time side of a source that the store has; made when it is first asked for. */
  source(name: string): HubSource {
    let found = this.runtime.get(name);
    if (!found) {
      found = new HubSource(name, this.settings, this.deliver);
      this.runtime.set(name, found);
    }
    return found;
  }

  /** The document of a source, and not one that was replaced while it was read. */
  async configuration(name: string): Promise<SourceConfiguration | undefined> {
    for (;;) {
      const { changes } = this;
      const found = await this.store.get(name);
      if (changes === this.changes) return found;
    }
  }

  /** Replaces the document; a connector that serves the source is asked to claim it anew. */
  async configure(name: string, configuration: SourceConfiguration): Promise<void> {
    await this.store.put(name, configuration);
    this.changes += 1;
    this.runtime.get(name)?.session?.requireReconnect();
  }

  /** @returns whether there was one */
  async delete(name: string): Promise<boolean> {
    const existed = await this.store.delete(name);
    this.changes += 1;
    const known = this.runtime.get(name);
    known?.session?.requireReconnect();
    known?.abandon();
    if (!known?.session) this.runtime.delete(name);
    return existed;
  }

  /** The session to send to. @throws HubQueryError when there is no such source, or no connector serves it */
  async target(name: string): Promise<ServingSession> {
    const known = this.runtime.get(name);
    try {
      if (known) return await known.target();
    } catch (error) {
      if (await this.store.get(name)) throw error;
    }
    if (!(await this.store.get(name))) throw hubError('unknownSource', name);
    return this.source(name).target();
  }

  /** Hands something to the session that serves a source, and counts it. @throws as {@link target}, and what `work` throws */
  async hand<T>(name: string, kind: 'publishes' | 'queries', work: (session: ServingSession) => T): Promise<T> {
    const session = await this.target(name);
    try {
      const result = work(session);
      this.source(name).counters[kind] += 1;
      return result;
    } catch (error) {
      throw this.noted(name, error);
    }
  }

  /** Remembers an error as the last one of its source. @returns the error */
  noted(name: string, error: unknown): unknown {
    const known = this.runtime.get(name);
    if (known && !(thrownIs(error, HubQueryError) && error.messageCode === 'millrace.hub.aborted')) {
      known.lastError = { message: describeError(error).reason, at: Date.now() };
    }
    return error;
  }

  async list(): Promise<HubSourceStatus[]> {
    return (await this.store.names()).map((name) => this.statusOf(name));
  }

  async describe(name: string): Promise<HubSourceDetails | undefined> {
    const configuration = await this.store.get(name);
    return configuration && { ...this.statusOf(name), configuration };
  }

  private statusOf(name: string): HubSourceStatus {
    const known = this.runtime.get(name);
    const session = known?.session;
    return {
      name,
      state: session ? (session.isReclaiming ? 'reconnecting' : 'connected') : 'disconnected',
      since: known?.since ?? this.startedAt,
      ...(known?.lastError && { lastError: known.lastError.message, lastErrorAt: known.lastError.at }),
      openQueries: session?.openQueries ?? 0,
      ...(known?.counters ?? { notifications: 0, publishes: 0, queries: 0 }),
    };
  }
}
