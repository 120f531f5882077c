import { isIPv6 } from 'node:net';

/** Whether a host name stands for every address of the machine, and so is none that a client could dial. */
export function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
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
