import { ConfigurationError } from '../errors/client.error.js';
import { ProtocolError } from '../errors/connection.errors.js';

/** Where to connect, read from the setting `uri`. */
export interface Target {
  /** Without credentials, so that it may stand in a log. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Raised at connecting: the address is well-formed but leads nowhere. */
  readonly failure: ProtocolError | undefined;
}

/**
 * Reads `host:port` with optional path, query, credentials and scheme (rpc§1.1).
 *
 * @throws ConfigurationError when it is empty, malformed, or its scheme contradicts `tls`
 */
export function readTarget(uri: string, secure: boolean): Target {
  if (typeof uri !== 'string' || uri.trim() === '')
    throw new ConfigurationError('uri', 'is empty; give "host:port", for example "localhost:5000"');
  const scheme = secure ? 'wss' : 'ws';
  const [, given, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(uri.trim()) ?? [];
  if (given && given.toLowerCase() !== scheme) throw contradiction(given, secure);
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? '';
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host === '' || host.startsWith(':')) return nowhere(scheme, rest);
  const url = parse(`${scheme}://${rest}`);
  const headers = credentials(url);
  url.username = '';
  url.password = '';
  return { url: url.href, headers, failure: undefined };
}

function parse(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new ConfigurationError('uri', 'is not "host:port" with a port from 0 to 65535', { cause: error });
  }
  if (url.hash) throw new ConfigurationError('uri', 'has a fragment ("#…"), which a WebSocket address cannot have');
  return url;
}

function contradiction(given: string, secure: boolean): ConfigurationError {
  const known = /^wss?$/i.test(given);
  if (!known) return new ConfigurationError('uri', `has the scheme "${given}"; only ws and wss are possible`);
  return new ConfigurationError(
    'uri',
    secure
      ? 'says ws:// but tls is set; use wss:// or leave the scheme out'
      : 'says wss:// but tls is not set; add tls: {}',
  );
}

function nowhere(scheme: string, rest: string): Target {
  const url = `${scheme}://${rest.slice(rest.lastIndexOf('@') + 1)}`;
  return { url, headers: {}, failure: new ProtocolError(`The address ${url} has no host`) };
}

function credentials(url: URL): Record<string, string> {
  if (!url.username && !url.password) return {};
  const pair = [url.username, url.password].map((part) => decodeURIComponent(part)).join(':');
  const bytes = String.fromCharCode(...new TextEncoder().encode(pair));
  return { Authorization: `Basic ${btoa(bytes)}` };
}
