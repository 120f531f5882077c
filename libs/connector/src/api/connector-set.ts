import { pause } from '@millrace/protocol';
import { ConnectorLoggers, type ConnectorLogger, readLogLevels } from '../logging/connector-logger.js';
import { MemoryOutbox } from '../client/outbox/memory-outbox.js';
import { AutomaticProbe } from '../client/probe/automatic-probe.js';
import { CONNECTOR_OPTIONS, type ConnectorOptions, type ConnectorSettings } from '../connector.options.js';
import { decideSettings } from '../client/session/decide-settings.js';
import { SourceConnection } from './source-connection.js';
import type { SourceHandlers } from './source-handlers.interface.js';
import type { SourceStatus } from './source-status.interface.js';
import { TcpProbe } from '../client/probe/tcp-probe.js';

/**
 * All connections to one server, one for each source (connector§7.2). `ConnectorModule` makes one; a program
 * without Nest makes its own by {@link ConnectorSet.create}.
 *
 * @publicApi
 */
export class ConnectorSet {
  readonly #connections: ReadonlyMap<string, SourceConnection>;
  private readonly automatic: AutomaticProbe | undefined;
  private readonly logger: ConnectorLogger;
  // Not the options as a whole: they hold token and secret, and this has a string form.
  /** How long {@link drain} waits, in milliseconds. */
  readonly drainTimeout: number;

  private constructor(
    connections: ReadonlyMap<string, SourceConnection>,
    private readonly probe: TcpProbe,
    { probe: probing, drainTimeout }: ConnectorSettings,
    loggers: ConnectorLoggers,
  ) {
    this.#connections = connections;
    this.logger = loggers.for(ConnectorSet.name);
    this.drainTimeout = drainTimeout;
    if (probing.automatic) {
      this.automatic = new AutomaticProbe([...connections.values()], probe, probing.grace, this.logger);
    }
  }

  /**
   * Reads the configuration and makes one connection for each source; connects nothing.
   *
   * @throws OptionsError naming a bad option
   * @throws ConnectorConfigError naming what is missing or bad in `server.config`
   * @throws what the outbox driver throws when it cannot open a source's queue; those opened before are closed
   */
  static async create(options: ConnectorOptions = {}): Promise<ConnectorSet> {
    const checked = CONNECTOR_OPTIONS.read(options);
    const settings = decideSettings(checked);
    const plain = new ConnectorLoggers().for(ConnectorSet.name);
    for (const warning of settings.warnings) plain.warn(warning);
    const loggers =
      (checked.loggerConfig ?? settings.fromFile)
        ? new ConnectorLoggers(readLogLevels(checked.directory ?? process.cwd(), (message) => plain.warn(message)))
        : new ConnectorLoggers();
    const probe = new TcpProbe({ port: settings.probePort, host: checked.probe.host });
    const driver = checked.outbox.driver ?? new MemoryOutbox();
    const connections = new Map<string, SourceConnection>();
    try {
      for (const source of settings.sources) {
        const queue = await driver.open(source);
        connections.set(source, new SourceConnection({ ...settings.connection(source), loggers }, queue, probe));
      }
    } catch (error) {
      await Promise.allSettled([...connections.values()].map((connection) => connection.close()));
      throw error;
    }
    return new ConnectorSet(connections, probe, checked, loggers);
  }

  /** Names of the sources, in the order of the configuration. */
  sources(): readonly string[] {
    return [...this.#connections.keys()];
  }

  /** The connections by name. */
  connections(): ReadonlyMap<string, SourceConnection> {
    return this.#connections;
  }

  /** The connection of one source, or undefined. */
  connection(source: string): SourceConnection | undefined {
    return this.#connections.get(source);
  }

  /** State, counters and last error of each source. */
  statuses(): readonly SourceStatus[] {
    return [...this.#connections.values()].map(({ status }) => status);
  }

  /** Sets the same handlers for every source. */
  configureHandlersForAll(handlers: SourceHandlers): void {
    for (const connection of this.#connections.values()) connection.configureHandlers(handlers);
  }

  /** Connects every source. One that fails does not touch the others. */
  start(): void {
    for (const connection of this.#connections.values()) connection.start();
  }

  /**
   * Connects every source, and resolves when all have been closed.
   *
   * @throws ConnectorConfigError of the first source that failed for good, once all have ended
   */
  async run(): Promise<void> {
    const results = await Promise.allSettled([...this.#connections.values()].map((connection) => connection.run()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /**
   * Waits for handlers and outboxes as long as `drainTimeout` allows, and says in the log what stays behind.
   *
   * @param most milliseconds to wait where that is longer
   */
  async drain(most = Infinity): Promise<void> {
    const drainTimeout = Math.min(this.drainTimeout, most);
    await Promise.all(
      [...this.#connections.values()].map(async (connection) => {
        // A connection that gave up, or never began, delivers nothing any more.
        const hopeless = connection.state === 'failed' || connection.state === 'idle';
        if (await connection.drain(hopeless ? 0 : drainTimeout)) return;
        const { waiting } = connection.status.notifications;
        if (waiting > 0) this.logger.warn(`${connection.name}: ${waiting} notifications stay in the outbox`);
      }),
    );
  }

  /**
   * Closes every connection, then the probe. Waits no longer than `drainTimeout` for connect and close handlers.
   *
   * @throws what the outbox driver throws when it closes the first of the queues that it cannot close; all else is closed
   */
  async close(): Promise<void> {
    this.automatic?.stop();
    const results = await Promise.allSettled(
      [...this.#connections.values()].map(async (connection) => {
        if (await within(connection.close(), this.drainTimeout)) return;
        this.logger.warn(`${connection.name}: closed without waiting longer for its connect or close handler`);
      }),
    );
    await this.probe.close();
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** State of the TCP probe: undefined until something was declared (connector§9). */
  get isHealthy(): boolean | undefined {
    return this.probe.isHealthy;
  }

  /** The probe's open port, if it is open. */
  get probePort(): number | undefined {
    return this.probe.port;
  }

  declareHealthy(): Promise<void> {
    return this.probe.declareHealthy();
  }

  declareUnhealthy(): Promise<void> {
    return this.probe.declareUnhealthy();
  }
}

/** Whether work ended within a deadline in milliseconds. @throws what the work throws before it */
async function within(work: Promise<unknown>, deadline: number): Promise<boolean> {
  const end = new AbortController();
  try {
    return await Promise.race([work.then(() => true), pause(deadline, end.signal).then(() => false)]);
  } finally {
    end.abort();
  }
}
