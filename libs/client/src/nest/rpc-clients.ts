import { ImportedOnce } from '@millrace/core/module';
import { type HealthReport, OperationsRegistry } from '@millrace/core/ops';
import { OptionsError } from '@millrace/core/options';
import { Shutdown } from '@millrace/core/shutdown';
import { withDeadline } from '@millrace/protocol';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type ClientLogger, type ClientLogLevel, ConfigurationError, Connector, RpcClient } from '../index.js';
import { levelsFrom } from '../rpc/logger.js';
import { RPC_CLIENT_OPTIONS, type RpcClientConnection, type RpcClientModuleOptions } from './rpc-client.options.js';
import { DEFAULT_RPC_CLIENT } from './rpc-client.tokens.js';

const MODULE = 'RpcClientModule';

/** How long connecting may take when the health of a client is asked for, in milliseconds. */
const HEALTH_TIMEOUT = 1000;

interface Definition {
  readonly client: RpcClient;
  readonly settings: Partial<RpcClientConnection>;
  readonly atStart: boolean;
}

/** The clients of one application: made once a name, connected and disconnected with it. */
@Injectable()
export class RpcClients implements OnApplicationBootstrap {
  private readonly definitions = new Map<string, Definition>();
  private readonly common: Partial<RpcClientConnection>;

  constructor(
    @Inject(RPC_CLIENT_OPTIONS) { clients = {}, ...common }: RpcClientModuleOptions,
    private readonly operations: OperationsRegistry,
    shutdown: Shutdown,
    _once: ImportedOnce,
  ) {
    // Last of all, so that what drains can still call.
    shutdown.add({ name: 'RPC clients', close: () => this.disconnect() });
    this.common = common;
    if (common.uri !== undefined) this.define(DEFAULT_RPC_CLIENT, {});
    for (const [name, settings] of Object.entries(clients)) this.define(name, settings);
  }

  /** Names of all clients. */
  get names(): string[] {
    return [...this.definitions.keys()];
  }

  /** @throws OptionsError when nobody has defined it */
  get(name: string = DEFAULT_RPC_CLIENT): RpcClient {
    const definition = this.definitions.get(name);
    if (definition) return definition.client;
    throw new OptionsError(MODULE, `clients.${name}`, 'is used but defined nowhere; give it a uri');
  }

  /**
   * Defines a client; twice the same is one.
   *
   * @throws OptionsError for bad settings, or when the name stands for another server already
   */
  define(name: string, settings: Partial<RpcClientConnection>): RpcClient {
    const known = this.definitions.get(name);
    if (known) {
      if (same(known.settings, settings)) return known.client;
      throw new OptionsError(MODULE, `clients.${name}`, 'is defined twice with different settings');
    }
    const { connect = 'lazy', logLevel, ...connection } = { ...this.common, ...settings };
    if (connect !== 'lazy' && connect !== 'start')
      throw new OptionsError(MODULE, `clients.${name}.connect`, 'is neither "lazy" nor "start"');
    try {
      const logger = connection.logger ?? nestClientLogger(name, logLevel);
      const client = new RpcClient(new Connector({ ...connection, uri: connection.uri ?? '', logger }));
      this.definitions.set(name, { client, settings, atStart: connect === 'start' });
      this.operations.add({ name: `rpc-client:${name}`, health: () => healthOf(client) });
      return client;
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw new OptionsError(MODULE, `clients.${name}.${error.setting}`, `is not valid: ${error.problem}`);
    }
  }

  /** Connects the clients that are to be there from the start. */
  async onApplicationBootstrap(): Promise<void> {
    const eager = [...this.definitions.values()].filter(({ atStart }) => atStart);
    await Promise.all(eager.map(({ client }) => client.connect()));
  }

  private async disconnect(): Promise<void> {
    await Promise.all([...this.definitions.values()].map(({ client }) => client.disconnect()));
  }
}

/** Connected, or able to connect now. @throws why it is not */
async function healthOf(client: RpcClient): Promise<HealthReport> {
  const late = (): Error => new Error(`No connection within ${HEALTH_TIMEOUT} ms`);
  await withDeadline(client.connect(), HEALTH_TIMEOUT, late);
  return { status: 'up' };
}

function same(left: Partial<RpcClientConnection>, right: Partial<RpcClientConnection>): boolean {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]) as Set<keyof RpcClientConnection>;
  return [...names].every((name) => left[name] === right[name]);
}

/** Hands a client's log events to Nest's logger. Calls are traced at INFO, which Nest prints by default: hence a level of its own. */
function nestClientLogger(name: string, level: ClientLogLevel = 'warn'): ClientLogger {
  const logger = new Logger(`RpcClient:${name}`);
  const isWanted = levelsFrom(level);
  return {
    debug: (message) => logger.debug(message),
    log: (message) => logger.log(message),
    warn: (message) => logger.warn(message),
    error: (message) => logger.error(message),
    isLevelEnabled: (wanted) => isWanted(wanted) && Logger.isLevelEnabled(wanted),
  };
}
