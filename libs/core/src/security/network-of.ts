import { isIPv6, SocketAddress } from 'node:net';

/**
 * Whom an address stands for where clients are counted: a client has an address of IPv4, but a whole network of IPv6: 64 bits,
 * which are the first four groups. However an address is written, the answer is the same.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [plain = ''] = address.split('%');
  const written = new SocketAddress({ address: plain, family: 'ipv6' }).address;
  // An address of IPv4, as a socket for both families has it.
  if (written.includes('.')) return written.slice(written.lastIndexOf(':') + 1);
  const [head = '', tail] = written.split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter(Boolean)) as [string[], string[]];
  const filled = tail === undefined ? [] : new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...filled, ...after].slice(0, 4).join(':');
}
