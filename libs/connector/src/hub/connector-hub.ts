import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Optional,
} from '@nestjs/common';
import { AccessPolicy, Authenticator, describeError, type SocketConnection } from '@millrace/core';
import type { SourceSelector } from '../decorators/source-handler.decorator.js';
import { ConnectorError } from '../errors/connector.error.js';
import { HubQueryError } from '../errors/hub-query.error.js';
import { isObject } from '../protocol/messages.js';
import { ClaimDamper } from './claim-damper.js';
import { HUB_SETTINGS } from './hub.tokens.js';
import { queryAborted, unknownSource } from './hub-errors.js';
import type { HubSettings } from './hub-options.js';
import { HubSession } from './hub-session.js';
import { HubSource } from './hub-source.js';
import type { HubSessionInfo, HubSourceDetails, HubSourceStatus } from './hub-status.interface.js';
import { NotificationHandlers, type NotificationHandler } from './notification-handlers.js';
import { NotificationStream, type NotificationStreamOptions } from './notification-stream.js';
import type { SourceNotification } from './notification.interface.js';
import { RowCollector, type RowSink } from './row-sink.js';
import { RowStream } from './row-stream.js';
import type { HubCounters, SessionServices } from './session-services.js';
import type { SourceConfiguration } from './source-configuration.js';
import { SourceStore } from './source-store.port.js';

/** Options of one query. */
export interface HubQueryOptions<Row = unknown> {
  /** Time without a response, in milliseconds. @default the module's `queryTimeout` */
  timeout?: number;
  /** Gives the query up; responses that come later are ignored. */
  signal?: AbortSignal;
  /** Called for each row as it comes. */
  onRow?: (row: Row) => void;
}

/** Which sessions to end; what is left out matches all. */
export interface SessionFilter {
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
}

/**
 * The server side for code of the host application (protocol section 10.3): publishes to sources, queries them, gets
 * their notifications, and changes their configuration.
 *
 * @publicApi
 */
@Injectable()
export class ConnectorHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly counters: HubCounters = { unreadable: 0, refusedTokens: 0, refusedClaims: 0 };
  private readonly logger = new Logger(ConnectorHub.name);
  private readonly runtime = new Map<string, HubSource>();
  private readonly live = new Set<HubSession>();
  private readonly handlers = new NotificationHandlers();
  private readonly services: SessionServices;
  private sweeper: NodeJS.Timeout | undefined;
  private lastRevalidation = Date.now();

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    private readonly store: SourceStore,
    policy: AccessPolicy,
    @Optional() authenticator?: Authenticator,
  ) {
    if (settings.public) policy.openArea('sources');
    this.services = {
      settings,
      store,
      counters: this.counters,
      logger: this.logger,
      damper: new ClaimDamper({ initial: settings.refusalDelay, max: settings.maxRefusalDelay }),
      authenticator: settings.authenticator ?? authenticator,
      source: (name) => this.source(name),
      ended: (session) => this.live.delete(session),
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const [name, configuration] of Object.entries(this.settings.sources)) {
      if (!(await this.store.get(name))) await this.store.put(name, configuration);
    }
    if (!this.services.authenticator) {
      this.logger.warn('No authenticator is there: connectors with any token are accepted');
    }
    this.sweeper = setInterval(() => this.sweep(Date.now()), 1000);
    this.sweeper.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeper);
  }

  /** Takes a socket over. @internal */
  accept(connection: SocketConnection): HubSession {
    const session = new HubSession(connection, this.services);
    this.live.add(session);
    return session;
  }

  /**
   * Sends a message to the connector of a source. Resolves when it has been handed to the socket; there is no
   * acknowledgement.
   *
   * @throws HubQueryError when no connector serves the source, it is overloaded, or the message is too large
   */
  async publish(source: string, object: unknown): Promise<void> {
    const target = await this.target(source);
    this.noting(source, () => target.publish(object));
    this.source(source).counters.publishes += 1;
  }

  /**
   * Asks the connector of a source; gives all rows.
   *
   * @throws HubQueryError with the connector's `messageCode`, `messageTemplate` and `parameters`, or the hub's own when no
   *   connector serves the source, none answers in time, its connection is lost, or a limit is met
   */
  async query<Row = unknown>(
    source: string,
    parameters: unknown = {},
    options: HubQueryOptions<Row> = {},
  ): Promise<Row[]> {
    const sink = new RowCollector(options.onRow as ((row: unknown) => void) | undefined);
    await this.ask(source, parameters, options, sink);
    return sink.result.catch((error: unknown) => {
      this.note(source, error);
      throw error;
    }) as Promise<Row[]>;
  }

  /**
   * Asks the connector of a source; gives the rows as they come. Leaving the loop gives the query up.
   *
   * @throws HubQueryError as {@link query}; rows that came before an error have been given by then
   */
  async *queryRows<Row = unknown>(
    source: string,
    parameters: unknown = {},
    options: Omit<HubQueryOptions, 'onRow'> = {},
  ): AsyncGenerator<Row, void, undefined> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    const stream = new RowStream();
    await this.ask(source, parameters, { ...options, signal }, stream);
    try {
      yield* stream.read() as AsyncGenerator<Row, void, undefined>;
    } catch (error) {
      this.note(source, error);
      throw error;
    } finally {
      stop.abort();
    }
  }

  /**
   * Calls a handler for each notification of the sources, one after the other. A notification is acknowledged when its
   * handlers have ended: one that throws refuses it, one that throws a temporary `MillraceError` (429, 503, 504) makes
   * the connector send it again later.
   *
   * @returns a function that removes the handler
   */
  onNotification(selector: SourceSelector, handler: NotificationHandler): () => void {
    return this.handlers.add(selector, handler);
  }

  /** The notifications of a source from now on. They are acknowledged whether or not the reader has taken them. */
  async *notifications(
    source: SourceSelector,
    options: NotificationStreamOptions = {},
  ): AsyncGenerator<SourceNotification, void, undefined> {
    const stream = new NotificationStream(options);
    const remove = this.handlers.add(source, (notification) => stream.push(notification));
    try {
      yield* stream.read();
    } finally {
      remove();
    }
  }

  /** The newest kept notifications of a source, oldest first. */
  newestNotifications(source: string, count: number): readonly SourceNotification[] {
    return this.runtime.get(source)?.log.newest(count) ?? [];
  }

  /** Creates a source or replaces its document; a connector that serves it is told, and gets the new one. */
  async setConfiguration(source: string, configuration: SourceConfiguration): Promise<void> {
    if (!isObject(configuration)) throw new ConnectorError('A configuration is a JSON object', 'INVALID');
    if (source === '' || source.length > 1024)
      throw new ConnectorError('A source has a name of 1 to 1024 characters', 'INVALID');
    await this.store.put(source, configuration);
    this.runtime.get(source)?.session?.requireReconnect();
  }

  /** Deletes a source; a connector that serves it is told, and its new claim is refused. @returns whether it existed */
  async deleteSource(source: string): Promise<boolean> {
    const existed = await this.store.delete(source);
    const known = this.runtime.get(source);
    known?.session?.requireReconnect();
    known?.abandon();
    if (!known?.session) this.runtime.delete(source);
    return existed;
  }

  /** Tells the connector of a source to claim it anew. @throws HubQueryError when there is none */
  async requireReconnect(source: string): Promise<void> {
    (await this.target(source)).requireReconnect();
  }

  /** All sources of the store, by name. */
  async sources(): Promise<HubSourceStatus[]> {
    return (await this.store.names()).map((name) => this.statusOf(name));
  }

  /** One source with its document, or undefined. */
  async describeSource(source: string): Promise<HubSourceDetails | undefined> {
    const configuration = await this.store.get(source);
    return configuration && { ...this.statusOf(source), configuration };
  }

  /** The live sessions. */
  sessions(): HubSessionInfo[] {
    return [...this.live].map((session) => ({
      id: session.id,
      source: session.sourceName,
      subject: session.principal?.subject,
      since: session.openedAt,
      frames: session.frames,
      openQueries: session.openQueries,
    }));
  }

  /** Ends sessions with 1013, for example after a token was revoked. @returns how many */
  evict(filter: SessionFilter): number {
    const found = [...this.live].filter(
      (session) =>
        (filter.id === undefined || session.id === filter.id) &&
        (filter.source === undefined || session.sourceName === filter.source) &&
        (filter.subject === undefined || session.principal?.subject === filter.subject),
    );
    for (const session of found) session.close(1013, 'The session was ended by the hub');
    return found.length;
  }

  /** Checks now whether the tokens of all sessions still hold, and ends those whose token does not. */
  async revalidateSessions(): Promise<void> {
    await Promise.all([...this.live].map((session) => session.revalidate()));
  }

  private async ask(
    source: string,
    parameters: unknown,
    options: Pick<HubQueryOptions, 'timeout' | 'signal'>,
    sink: RowSink,
  ): Promise<void> {
    const target = await this.target(source);
    if (options.signal?.aborted) throw queryAborted(source);
    const { signal, timeout = this.settings.queryTimeout } = options;
    const query = this.noting(source, () => target.query(parameters, sink, timeout));
    this.source(source).counters.queries += 1;
    signal?.addEventListener('abort', () => query.fail(queryAborted(source)), { once: true });
  }

  private async target(name: string): Promise<HubSession> {
    const known = this.runtime.get(name);
    try {
      if (known) return await known.target();
    } catch (error) {
      if (await this.store.get(name)) throw error;
    }
    if (!(await this.store.get(name))) throw unknownSource(name);
    return this.source(name).target();
  }

  private noting<T>(source: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.note(source, error);
      throw error;
    }
  }

  private note(source: string, error: unknown): void {
    const known = this.runtime.get(source);
    if (known && !(error instanceof HubQueryError && error.messageCode === 'millrace.hub.aborted')) {
      known.lastError = { message: describeError(error).reason, at: Date.now() };
    }
  }

  private source(name: string): HubSource {
    let found = this.runtime.get(name);
    if (!found) {
      found = new HubSource(name, this.settings, (notification) => this.handlers.deliver(notification));
      this.runtime.set(name, found);
    }
    return found;
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

  private readonly startedAt = Date.now();

  private sweep(now: number): void {
    for (const session of this.live) {
      if ((session.principal?.expiresAt ?? Infinity) <= now) session.close(1013, 'The token ran out');
    }
    const { revalidateInterval } = this.settings;
    if (revalidateInterval === 0 || now - this.lastRevalidation < revalidateInterval) return;
    this.lastRevalidation = now;
    void this.revalidateSessions();
  }
}
