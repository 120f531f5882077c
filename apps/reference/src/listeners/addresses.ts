import { lookup } from 'node:dns/promises';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Whether a host name stands for every address of the machine, and so is none that a client could dial. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Whether a host to listen at is reached from this machine alone. Other names than `localhost` may be anywhere. */
export function isLocal(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return /^(.+\.)?localhost$/i.test(host);
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8);
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** `host:port`; addresses of IPv6 in brackets. */
export function endpoint(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Where a browser on this machine finds a port. */
export function localUrl(protocol: 'http' | 'https', host: string, port: number): string {
  if (host === '0.0.0.0') return localUrl(protocol, '127.0.0.1', port);
  if (host === '::') return localUrl(protocol, '::1', port);
  return `${protocol}://${endpoint(host, port)}`;
}

/**
 * The one address to listen at, that of IPv4 where a name has both. For `localhost` Fastify would open a server for each address,
 * and only the first would have the limits of the application's own.
 *
 * @throws the system's error for a name that is not known
 */
export async function addressOf(host: string): Promise<string> {
  const { address } = await lookup(host, { order: 'ipv4first' });
  return address;
}
