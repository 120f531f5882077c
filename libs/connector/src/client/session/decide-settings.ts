import { randomUUID } from 'node:crypto';
import { readServerConfig, tokenFromEnvironment, type ServerConfig } from '../../config/server-config.js';
import { ConnectorConfigError } from '../../errors/connector-config.error.js';
import { SOURCES } from '../../protocol/constants.js';
import { websocketUrl } from '../../protocol/target-url.js';
import type { ConnectionOptions } from './connection-options.js';
import type { ConnectorSettings } from '../../connector.options.js';

/** Settings of a set: what its connections have in common, and the names of the sources. */
export interface SetSettings {
  readonly sources: readonly string[];
  /** Settings of one connection, but for the loggers. */
  readonly connection: (source: string) => Omit<ConnectionOptions, 'loggers'>;
  readonly probePort: number | undefined;
  /** Whether `server.config` was read. */
  readonly fromFile: boolean;
  /** What the host should know; holds no secret. */
  readonly warnings: readonly string[];
}

const DEFAULT_MAX_PAYLOAD = 16 * 1024 * 1024;

/**
 * Joins options, `server.config` and environment: options win, the file is read only when they name no server.
 *
 * @throws ConnectorConfigError naming what is missing or bad
 */
export function decideSettings(options: ConnectorSettings): SetSettings {
  const file = options.targetServer === undefined ? readServerConfig({ directory: options.directory }) : undefined;
  const sources = sourcesOf(options, file);
  const url = websocketUrl(options.targetServer ?? file?.targetServer ?? '');
  const token = tokenOf(options, file);
  const fixed = options.reconnectSecret ?? file?.reconnectSecret;
  const processSecret = randomUUID();
  const common = {
    url,
    token,
    ...limits(options, file),
    ...sockets(options, file),
    backoff: options.backoff,
    resetBackoffAfter: options.resetBackoffAfter,
    failOnConnectionError: options.failOnConnectionError ?? file?.failOnConnectionError ?? false,
    outbox: options.outbox,
  };
  return {
    sources,
    connection: (source) => ({ ...common, source, secret: `${source}_${fixed ?? processSecret}` }),
    probePort: options.probe.port ?? file?.tcpProbePort,
    fromFile: file !== undefined,
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
    SOURCES,
  );
}

function tokenOf(options: ConnectorSettings, file: ServerConfig | undefined): ConnectionOptions['token'] {
  const { authToken } = options;
  if (typeof authToken === 'function') return authToken;
  const token = authToken ?? (file ? file.authToken : tokenFromEnvironment(process.env));
  return () => token;
}

function limits(options: ConnectorSettings, file: ServerConfig | undefined) {
  const { maxParallelQueries, maxWaitingQueries, maxWaitingPublishes, maxResponseBytes, answerTimeout } = options;
  return {
    maxParallelQueries,
    maxWaitingQueries,
    maxWaitingPublishes,
    maxResponseBytes,
    answerTimeout,
    maxPayload: options.maxPayload ?? file?.connect.maxPayload ?? DEFAULT_MAX_PAYLOAD,
    handshakeTimeout: options.handshakeTimeout ?? file?.connect.handshakeTimeout ?? 10_000,
  };
}

function sockets(options: ConnectorSettings, file: ServerConfig | undefined) {
  const interval = options.pingInterval ?? file?.connect.pingInterval ?? 20_000;
  const timeout = options.pingTimeout ?? file?.connect.pingTimeout ?? 20_000;
  const sendPings = options.sendPings ?? file?.sendPings ?? false;
  return {
    tls: { ...(file?.connect.disableSslVerification && { rejectUnauthorized: false }), ...options.tls },
    ...(sendPings && interval > 0 && { pings: { interval, timeout } }),
  };
}
