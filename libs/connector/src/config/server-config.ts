import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConnectorConfigError } from '../errors/connector.error.js';
import { TARGET_SERVER } from '../protocol/constants.js';
import { isObject, kindOf } from '../protocol/messages.js';
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

/** What `connectKWArgs` asks of the WebSocket (connector§8.2). */
interface ConnectKwArgs {
  /** `disableSslVerification`: no certificate and host name checks. */
  readonly disableSslVerification: boolean;
  /** `max_size`: largest message taken, in bytes. */
  readonly maxPayload?: number;
  /** `open_timeout`, in milliseconds. */
  readonly handshakeTimeout?: number;
  /** `ping_interval`, in milliseconds. */
  readonly pingInterval?: number;
  /** `ping_timeout`, in milliseconds. */
  readonly pingTimeout?: number;
  /** Keys that mean nothing here; the connector logs a warning about them. */
  readonly unknown: readonly string[];
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

/** Property of `server.config`: further options of the WebSocket, as JSON. */
const CONNECT_KW_ARGS = 'connectKWArgs';
const KNOWN = ['disableSslVerification', 'max_size', 'open_timeout', 'ping_interval', 'ping_timeout'];

/** @throws ConnectorConfigError when it is not a JSON object, or a value has the wrong type */
function readConnectKwArgs(text: string | undefined): ConnectKwArgs {
  const value = text === undefined ? {} : parseObject(text);
  return {
    disableSslVerification: value['disableSslVerification'] === true,
    maxPayload: positive(value, 'max_size'),
    handshakeTimeout: positive(value, 'open_timeout', 1000),
    pingInterval: positive(value, 'ping_interval', 1000),
    pingTimeout: positive(value, 'ping_timeout', 1000),
    unknown: Object.keys(value).filter((key) => !KNOWN.includes(key)),
  };
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the text.
    value = undefined;
  }
  if (isObject(value)) return value;
  throw badProperty(CONNECT_KW_ARGS, 'must be a JSON object, for example {"max_size": 4194304}');
}

/** @param factor 1000 for a number of seconds */
function positive(value: Record<string, unknown>, key: string, factor = 1): number | undefined {
  const found = value[key];
  if (found === undefined || found === null) return undefined;
  if (typeof found === 'number' && Number.isFinite(found) && found > 0) return found * factor;
  throw new ConnectorConfigError(
    `"${key}" in the property ${CONNECT_KW_ARGS} of server.config must be a number above 0, not ${typeof found === 'number' ? found : kindOf(found)}`,
    CONNECT_KW_ARGS,
  );
}

function badProperty(name: string, what: string): ConnectorConfigError {
  return new ConnectorConfigError(`The property ${name} of server.config ${what}`, name);
}
