import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  Optional,
} from '@nestjs/common';
import { AccessPolicy, Authenticator, LiveConnections } from '@millrace/core/security';
import type { SocketConnection } from '@millrace/core/sockets';
import type { HubSourceDetails, HubSourceStatus, SourceNotification } from '@millrace/protocol';
import type { SourceSelector } from './source-handler.decorator.js';
import { ConnectorError } from '../errors/connector.error.js';
import { isObject, jsonText, kindOf } from '../protocol/messages.js';
import { RefusalDelays } from '../hub/session/refusal-delays.js';
import { HUB_SETTINGS, type HubSettings } from '../connector-hub.options.js';
import type { HubSession, HubSessionInfo } from '../hub/session/hub-session.js';
import { LiveSessions, type SessionFilter } from '../hub/session/live-sessions.js';
import { NotificationHandlers, type NotificationHandler } from '../hub/notifications/notification-handlers.js';
import { NotificationStream, type NotificationStreamOptions } from '../hub/notifications/notification-stream.js';
import type { ConnectorPeer, HubCounters } from '../hub/session/session-control.js';
import { type SourceConfiguration, SourceStore } from './source-store.port.js';
import { LocalDirectory } from '../hub/directory/local-directory.js';
import type { SourceDirectory } from '../hub/directory/source-directory.js';
import { SourceCalls } from '../hub/sources/source-calls.js';
import { type SourceFigures, SourceRegistry } from '../hub/sources/source-registry.js';
import { hubError } from '../hub/queries/hub-errors.js';
import type { RowSink } from '../hub/queries/open-query.js';
import { RowCollector } from '../hub/queries/row-collector.js';
import { RowStream } from '../hub/queries/row-stream.js';

/**
 * The server side for code of the host application (connector§10.3): publishes to sources, queries them, gets
 * their notifications, and changes their configuration.
 *
 * @publicApi
 */
@Injectable()
export class ConnectorHub implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly counters: HubCounters = { unreadable: 0, refusedTokens: 0, refusedClaims: 0 };
  private readonly logger = new Logger(ConnectorHub.name);
  private readonly handlers = new NotificationHandlers();
  private readonly directory: SourceDirectory;
  private readonly registry: SourceRegistry;
  private readonly calls: SourceCalls;
  private readonly live: LiveSessions;
  /** Whether connectors need no token, since nobody could check it. @internal */
  readonly letsEverybodyIn: boolean;

  constructor(
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
    store: SourceStore,
    policy: AccessPolicy,
    @Optional() authenticator?: Authenticator,
    @Optional() connections?: LiveConnections,
  ) {
    if (settings.public) policy.openArea('sources');
    this.directory = store.shareSources?.(settings) ?? new LocalDirectory(store, settings);
    this.registry = new SourceRegistry(this.directory, (notification) => this.handlers.deliver(notification));
    this.calls = new SourceCalls(settings, this.registry, this.directory);
    const verifier = settings.authenticator ?? authenticator;
    this.letsEverybodyIn = verifier === undefined;
    this.live = new LiveSessions({
      settings,
      counters: this.counters,
      logger: this.logger,
      refusals: new RefusalDelays({ initial: settings.refusalDelay, max: settings.maxRefusalDelay }),
      authenticator: verifier,
      sources: this.registry,
    });
    connections?.include(this.live);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.directory.join(this.registry);
    await this.directory.createMissing(this.settings.sources);
    if (this.letsEverybodyIn) {
      this.logger.warn('There is no authenticator: connectors with any token are accepted');
    }
    this.live.start();
  }

  onApplicationShutdown(): void {
    this.live.stop();
  }

  /** Takes a socket over. @internal */
  accept(connection: SocketConnection<ConnectorPeer>): HubSession {
    return this.live.accept(connection);
  }

  /**
   * Sends a message to the connector of a source. Resolves when it has been handed to the socket; there is no
   * acknowledgement.
   *
   * @throws HubQueryError when no connector serves the source, it is overloaded, or the message is too large
   */
  publish(source: string, object: unknown): Promise<void> {
    return this.calls.publish(source, object);
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
    const rows = new RowCollector(options.onRow);
    const end = await this.ask(source, parameters, options, rows);
    try {
      return await rows.result;
    } catch (error) {
      throw this.calls.noted(source, error);
    } finally {
      end();
    }
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
    const rows = new RowStream<Row>();
    const end = await this.ask(source, parameters, options, rows);
    try {
      yield* rows.read();
    } catch (error) {
      throw this.calls.noted(source, error);
    } finally {
      end();
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
  newestNotifications(source: string, count: number): Promise<readonly SourceNotification[]> {
    return this.directory.newest(source, count);
  }

  /** Creates a source or replaces its document; a connector that serves it claims it anew, and gets the new one. */
  async setConfiguration(source: string, configuration: SourceConfiguration): Promise<void> {
    if (!isObject(configuration)) {
      throw new ConnectorError(
        `The configuration document must be a JSON object, not ${kindOf(configuration)}`,
        'INVALID',
      );
    }
    if (source === '' || source.length > 1024) {
      throw new ConnectorError(`The name of a source must have 1 to 1024 characters, not ${source.length}`, 'INVALID');
    }
    // Before it is kept: it could not be handed to a connector.
    jsonText('configuration document', configuration);
    await this.directory.configure(source, configuration);
  }

  /** Deletes a source; a connector that serves it has to claim it anew, and is refused. @returns whether it existed */
  deleteSource(source: string): Promise<boolean> {
    return this.directory.delete(source);
  }

  /** Asks the connector of a source to claim it anew. @throws HubQueryError when there is none */
  requireReconnect(source: string): Promise<void> {
    return this.calls.requireReconnect(source);
  }

  /** All sources of the store, by name. */
  sources(): Promise<HubSourceStatus[]> {
    return this.directory.list();
  }

  /** One source with its document, or undefined. */
  describeSource(source: string): Promise<HubSourceDetails | undefined> {
    return this.directory.describe(source);
  }

  /** How many instances share the sources, this one included; undefined where they cannot. @internal */
  get instances(): number | undefined {
    return this.directory.instances;
  }

  /** What this instance has done for a source. @internal */
  figuresOf(source: string): SourceFigures {
    return this.registry.figuresOf(source);
  }

  /** The live sessions of this instance. */
  sessions(): HubSessionInfo[] {
    return this.live.list();
  }

  /** Ends sessions of this instance with 1013, for example after a token was revoked. @returns how many */
  evict(filter: SessionFilter): number {
    return this.live.evict(filter);
  }

  /** Checks now whether the tokens of all sessions still hold, and ends those whose token does not. */
  revalidateSessions(): Promise<void> {
    return this.live.revalidate();
  }

  /** @returns gives the query up when it is still open */
  private async ask(
    source: string,
    parameters: unknown,
    { signal, timeout = this.settings.queryTimeout }: Omit<HubQueryOptions, 'onRow'>,
    sink: RowSink,
  ): Promise<() => void> {
    if (!(timeout > 0))
      throw new ConnectorError(`The timeout of a query must be milliseconds above 0, not ${timeout}`, 'INVALID');
    const query = await this.calls.query(source, parameters, { sink, timeout, signal });
    const giveUp = (): void => {
      // An error is dear, and most queries have ended by then.
      if (!query.hasEnded) query.fail(hubError('aborted', source));
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    if (signal?.aborted) giveUp();
    return () => {
      // A signal may outlive many queries.
      signal?.removeEventListener('abort', giveUp);
      giveUp();
    };
  }
}

/** Options of one query. */
export interface HubQueryOptions<Row = unknown> {
  /** Time without a response, in milliseconds; Infinity for no limit. @default the module's `queryTimeout` */
  timeout?: number;
  /** Gives the query up; responses that come later are ignored. */
  signal?: AbortSignal;
  /** Called for each row as it comes. */
  onRow?: (row: Row) => void;
}
