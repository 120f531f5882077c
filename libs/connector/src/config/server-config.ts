import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectorConfigError } from '../errors/connector.error.js';
import { CONNECT_KW_ARGS, TARGET_SERVER } from '../protocol/constants.js';
import { readConnectKwArgs, type ConnectKwArgs } from './connect-kw-args.js';
import { parseProperties } from './properties.js';

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
    authToken: properties.get('authToken') ?? tokenFromEnvironment(environment),
    sources: requiredSources(properties),
    sendPings: readBoolean(properties, 'sendPings'),
    failOnConnectionError: readBoolean(properties, 'failOnConnectionError'),
    reconnectSecret: properties.get('reconnectSecret'),
    tcpProbePort: readPort(properties),
    connect: readConnectKwArgs(properties.get(CONNECT_KW_ARGS)),
  };
}

/** The token of the environment; a blank variable counts as unset. */
export function tokenFromEnvironment(environment: Readonly<Record<string, string | undefined>>): string | null {
  const token = environment['CONNECTOR_AUTH_TOKEN'];
  return token === undefined || token.trim() === '' ? null : token;
}

function readFirst(directory: string): string {
  const places = [join(directory, 'serverConfig', 'server.config'), join(directory, 'server.config')];
  for (const place of places) {
    try {
      return readFileSync(place, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
      const message = `${place} cannot be read (${String((error as NodeJS.ErrnoException).code)})`;
      throw new ConnectorConfigError(message, 'server.config', { cause: error });
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
  throw badProperty(name, 'is missing or empty; give it a value');
}

function requiredSources(properties: ReadonlyMap<string, string>): readonly string[] {
  const names = sourceNames(required(properties, 'sources'));
  if (names.length > 0) return names;
  throw badProperty('sources', 'must name at least one source, for example sources=thermostat');
}

/**
 * Names of a comma-separated list (connector#38): all spaces are removed, also inside names; empty entries and
 * duplicates are dropped, the order stays.
 */
export function sourceNames(list: string): readonly string[] {
  const names = list.replaceAll(' ', '').split(',');
  return [...new Set(names.filter((name) => name !== ''))];
}

function readBoolean(properties: ReadonlyMap<string, string>, name: string): boolean {
  const value = properties.get(name)?.trim().toLowerCase();
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw badProperty(name, `must be true or false, not "${value}"`);
}

function readPort(properties: ReadonlyMap<string, string>): number | undefined {
  const value = properties.get('tcpProbePort')?.trim();
  if (value === undefined) return undefined;
  const port = Number(value);
  if (value !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw badProperty('tcpProbePort', `must be a port from 0 to 65535, not "${value}"`);
}

function badProperty(name: string, what: string): ConnectorConfigError {
  return new ConnectorConfigError(`The property ${name} of server.config ${what}`, name);
}
