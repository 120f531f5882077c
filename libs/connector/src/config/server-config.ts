import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectorConfigError } from '../errors/connector-config.error.js';
import {
  AUTH_TOKEN,
  CONNECT_KW_ARGS,
  CONNECTOR_AUTH_TOKEN,
  FAIL_ON_CONNECTION_ERROR,
  FIXED_RECONNECT_SECRET,
  PORT_PROPERTY_NAME,
  SEND_PINGS,
  SOURCES,
  TARGET_SERVER,
} from '../protocol/constants.js';
import { readConnectKwArgs, type ConnectKwArgs } from './connect-kw-args.js';
import { parseProperties } from './properties.js';
import { sourceNames } from './source-names.js';

/** What `server.config` and the environment say (connector§8.2). */
export interface ServerConfig {
  readonly targetServer: string;
  readonly authToken: string | null;
  readonly sources: readonly string[];
  readonly sendPings: boolean;
  readonly failOnConnectionError: boolean;
  readonly reconnectSecret?: string;
  readonly tcpProbePort?: number;
  readonly connect: ConnectKwArgs;
}

export interface ServerConfigPlace {
  /** Where `serverConfig/server.config` is looked for, then `server.config`. @default process.cwd() */
  directory?: string;
  /** @default process.env */
  environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads `serverConfig/server.config`, or `server.config` where that does not exist (connector§8.1
 * connector#36..41).
 *
 * @throws ConnectorConfigError naming what is missing or bad
 */
export function readServerConfig(place: ServerConfigPlace = {}): ServerConfig {
  const { directory = process.cwd(), environment = process.env } = place;
  const properties = parseProperties(readFirst(directory));
  return {
    targetServer: required(properties, TARGET_SERVER),
    authToken: properties.get(AUTH_TOKEN) ?? tokenFromEnvironment(environment),
    sources: requiredSources(properties),
    sendPings: readBoolean(properties, SEND_PINGS),
    failOnConnectionError: readBoolean(properties, FAIL_ON_CONNECTION_ERROR),
    reconnectSecret: properties.get(FIXED_RECONNECT_SECRET),
    tcpProbePort: readPort(properties),
    connect: readConnectKwArgs(properties.get(CONNECT_KW_ARGS)),
  };
}

/** The token of the environment; a blank variable counts as unset. */
export function tokenFromEnvironment(environment: Readonly<Record<string, string | undefined>>): string | null {
  const token = environment[CONNECTOR_AUTH_TOKEN];
  return token === undefined || token.trim() === '' ? null : token;
}

function readFirst(directory: string): string {
  const places = [join(directory, 'serverConfig', 'server.config'), join(directory, 'server.config')];
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      throw new ConnectorConfigError(
        `${place} cannot be read (${String((error as NodeJS.ErrnoException).code)})`,
        'server.config',
        {
          cause: error,
        },
      );
    }
  }
  throw new ConnectorConfigError(
    `There is no serverConfig/server.config and no server.config in ${directory}; create one, or give targetServer and sources to ConnectorModule`,
    'server.config',
  );
}

function required(properties: ReadonlyMap<string, string>, name: string): string {
  const value = properties.get(name)?.trim();
  if (value) return value;
  throw new ConnectorConfigError(`The property ${name} of server.config is missing or empty; give it a value`, name);
}

function requiredSources(properties: ReadonlyMap<string, string>): readonly string[] {
  const names = sourceNames(required(properties, SOURCES));
  if (names.length > 0) return names;
  throw new ConnectorConfigError(
    `The property ${SOURCES} of server.config must name at least one source, for example ${SOURCES}=thermostat`,
    SOURCES,
  );
}

function readBoolean(properties: ReadonlyMap<string, string>, name: string): boolean {
  const value = properties.get(name)?.trim().toLowerCase();
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new ConnectorConfigError(`The property ${name} of server.config must be true or false, not "${value}"`, name);
}

function readPort(properties: ReadonlyMap<string, string>): number | undefined {
  const value = properties.get(PORT_PROPERTY_NAME)?.trim();
  if (value === undefined) return undefined;
  const port = Number(value);
  if (value !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new ConnectorConfigError(
    `The property ${PORT_PROPERTY_NAME} of server.config must be a port from 0 to 65535, not "${value}"`,
    PORT_PROPERTY_NAME,
  );
}
