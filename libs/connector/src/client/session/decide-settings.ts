import { randomUUID } from 'node:crypto';
import { readServerConfig, tokenFromEnvironment, type ServerConfig } from '../../config/server-config.js';
import { ConnectorConfigError } from '../../errors/connector.error.js';
import { websocketUrl } from '../../protocol/target-url.js';
import type { ConnectorSettings } from '../../connector.options.js';
import type { ConnectorLoggers } from '../../logging/connector-logger.js';
import type { LinkOptions } from '../link/link.interface.js';

/** Settings of one connection, all decided; times in milliseconds, sizes in bytes. */
export interface ConnectionOptions
  extends
    Omit<LinkOptions, 'token'>,
    Pick<ConnectorSettings, 'maxParallelQueries' | 'maxWaitingQueries' | 'maxWaitingPublishes' | 'maxResponseBytes'>,
    Pick<ConnectorSettings, 'backoff' | 'resetBackoffAfter' | 'outbox'> {
  readonly token: () => string | null | Promise<string | null>;
  readonly failOnConnectionError: boolean;
  readonly loggers: ConnectorLoggers;
}

/**
 * Joins options, `server.config` and environment: options win, the file is read only when they name no server.
 *
 * @throws ConnectorConfigError naming what is missing or bad
 */
export function decideSettings(options: ConnectorSettings) {
  const file = options.targetServer === undefined ? readServerConfig({ directory: options.directory }) : undefined;
  const sources = sourcesOf(options, file);
  const url = websocketUrl(options.targetServer ?? file?.targetServer ?? '');
  const fixed = options.reconnectSecret ?? file?.reconnectSecret;
  const processSecret = randomUUID();
  const common = {
    ...options,
    ...sockets(options, file),
    url,
    token: tokenOf(options, file),
    failOnConnectionError: options.failOnConnectionError ?? file?.failOnConnectionError ?? false,
  };
  return {
    sources,
    /** Settings of one connection, but for the loggers. */
    connection: (source: string): Omit<ConnectionOptions, 'loggers'> => ({
      ...common,
      source,
      secret: `${source}_${fixed ?? processSecret}`,
    }),
    probePort: options.probe.port ?? file?.tcpProbePort,
    /** Whether `server.config` was read. */
    fromFile: file !== undefined,
    /** What the host should know; holds no secret. */
    warnings: (file?.connect.unknown ?? []).map(
      (key) => `"${key}" in the property connectKWArgs of server.config is not known and is ignored`,
    ),
  };
}

function sourcesOf(options: ConnectorSettings, file: ServerConfig | undefined): readonly string[] {
  if (options.sources) return [...new Set(options.sources)];
  if (file) return file.sources;
  throw new ConnectorConfigError(
    'The option sources is missing: name the sources to serve, for example sources: ["thermostat"]',
    'sources',
  );
}

function tokenOf(options: ConnectorSettings, file: ServerConfig | undefined): ConnectionOptions['token'] {
  const { authToken } = options;
  if (typeof authToken === 'function') return authToken;
  const token = authToken ?? (file ? file.authToken : tokenFromEnvironment(process.env));
  return () => token;
}

function sockets(options: ConnectorSettings, file: ServerConfig | undefined) {
  const interval = options.pingInterval ?? file?.connect.pingInterval ?? 20_000;
  const timeout = options.pingTimeout ?? file?.connect.pingTimeout ?? 20_000;
  const sendPings = options.sendPings ?? file?.sendPings ?? false;
  return {
    maxPayload: options.maxPayload ?? file?.connect.maxPayload ?? 16 * 1024 * 1024,
    handshakeTimeout: options.handshakeTimeout ?? file?.connect.handshakeTimeout ?? 10_000,
    tls: { ...(file?.connect.disableSslVerification && { rejectUnauthorized: false }), ...options.tls },
    ...(sendPings && interval > 0 && { pings: { interval, timeout } }),
  };
}
