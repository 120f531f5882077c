import type { Endpoint } from './connection-settings.js';
import { AddressError } from './target.errors.js';

/** The one port on which BTrDB's clients use TLS. */
const TLS_PORT = '4411';

/**
 * Reads exactly `host:port` (connection-profiles§3.4). TLS follows from the port's text: `4411`, not `04411`.
 *
 * @throws AddressError
 */
export function parsePlainAddress(address: string, origin: string): Endpoint {
  const [host = '', port = '', ...rest] = address.split(':');
  if (address.includes(',')) throw new AddressError(address, origin, 'is a list; expecting one address:port');
  if (rest.length > 0 || !/^[^\s/?#@[\]]+$/.test(host)) throw new AddressError(address, origin, expected(address));
  return { host, port: portOf(port, address, origin), tls: port === TLS_PORT, path: '', address };
}

/**
 * Reads `host:port`, `[::1]:port` or a URL; TLS follows from the scheme, from `tls`, or from port 4411.
 *
 * @throws AddressError
 */
export function parseEndpoint(address: string, origin: string, tls: boolean | undefined): Endpoint {
  if (address.includes('://')) return parseUrl(address, origin, tls);
  const [, bracketed, plain, port = ''] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+)):([^:]*)$/i.exec(address) ?? [];
  const host = bracketed ?? plain;
  if (!host) throw new AddressError(address, origin, expected(address));
  return { host, port: portOf(port, address, origin), tls: tls ?? port === TLS_PORT, path: '', address };
}

const SECURE: Readonly<Record<string, boolean>> = { 'https:': true, 'wss:': true, 'http:': false, 'ws:': false };

function parseUrl(address: string, origin: string, tls: boolean | undefined): Endpoint {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const secure = url && SECURE[url.protocol];
  if (!url || secure === undefined)
    throw new AddressError(hidePassword(address), origin, 'must be an http, https, ws or wss URL');
  if (url.username || url.password || url.search || url.hash)
    throw new AddressError(hidePassword(address), origin, 'has more than scheme, host, port and path');
  if (tls !== undefined && tls !== secure)
    throw new AddressError(address, origin, `contradicts tls: ${tls}; change the scheme or leave tls out`);
  const port = url.port ? Number(url.port) : secure ? 443 : 80;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port, tls: secure, path: url.pathname.replace(/\/+$/, ''), address };
}

function portOf(text: string, address: string, origin: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new AddressError(address, origin, 'has no port from 0 to 65535; expecting address:port');
}

function expected(address: string): string {
  return address === '' ? 'is empty; expecting address:port' : 'is not of the form address:port';
}

/** An address that was refused may hold credentials all the same. */
function hidePassword(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//…@');
}
