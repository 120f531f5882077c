import { isIP } from 'node:net';
import { hostname } from 'node:os';
import proxyAddress from 'proxy-addr';

const isInLoopback = proxyAddress.compile('loopback');

/** Whether an IP address belongs to the machine alone: `127.0.0.0/8` and `::1`. */
export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && isIP(address) !== 0 && isInLoopback(address, 0);
}

/**
 * Whether a server may answer for a host name. Addresses are answered for always, names without a dot, all below `localhost`,
 * and the name of the machine: no web site elsewhere has such a name, so none can have it lead here.
 *
 * @param authority host and port, as the header `Host` has them
 * @param names further names; `*.example.org` stands for all below it, `*` for all
 */
export function isKnownHost(authority: string, names: readonly string[]): boolean {
  const [, address, name] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(authority) ?? [];
  if (address !== undefined) return isIP(address) === 6;
  if (name === undefined) return false;
  const host = name.toLowerCase().replace(/\.$/, '');
  if (isIP(host) === 4 || !host.includes('.')) return true;
  return [hostname(), '*.localhost', ...names].some((known) => covers(known.toLowerCase(), host));
}

function covers(known: string, host: string): boolean {
  if (known === '*') return true;
  return known.startsWith('*.') ? host.endsWith(known.slice(1)) && host.length > known.length - 1 : known === host;
}
