import { ConnectorConfigError } from '../errors/connector.error.js';
import { TARGET_SERVER } from './constants.js';

const FULL_PATH = /\/api\/v\d+\/wsock\/websocket$/;
const DEFAULT_PATH = '/api/v1/wsock/websocket';
const SCHEMES: Readonly<Record<string, string>> = { 'https:': 'wss:', 'http:': 'ws:', 'ws:': 'ws:', 'wss:': 'wss:' };

/**
 * The WebSocket URL of a `targetServer` (connector§2.1): the scheme becomes `ws` or `wss`; a full path is kept
 * with its prefix and version, any other is replaced; query and credentials stay. Without a scheme it is `wss`.
 *
 * @throws ConnectorConfigError when it is not a URL with one of these schemes
 */
export function websocketUrl(targetServer: string): string {
  const text = targetServer.trim();
  const url = parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `wss://${text}`);
  const scheme = url && SCHEMES[url.protocol];
  // The text is not quoted: it may hold a password.
  if (!url || !scheme) {
    throw new ConnectorConfigError(
      `${TARGET_SERVER} must be a URL with a host and the scheme http, https, ws or wss, for example https://hub.example.org`,
      TARGET_SERVER,
    );
  }
  const credentials = url.username ? `${url.username}${url.password ? `:${url.password}` : ''}@` : '';
  const path = FULL_PATH.test(url.pathname) ? url.pathname : DEFAULT_PATH;
  return `${scheme}//${credentials}${url.host}${path}${url.search}${url.hash}`;
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
