import { networkOf } from './network-of.js';

/**
 * Limits what one address may hold at a time, so that one client does not take all places of a server. Addresses of IPv6 are counted
 * by their network (/64). An address that holds nothing is forgotten.
 *
 * @example
 * ```ts
 * const places = new PlacesByAddress(100);
 * server.on('connection', (socket) => {
 *   const release = places.take(socket.remoteAddress);
 *   if (release) socket.once('close', release);
 *   else socket.destroy();
 * });
 * ```
 * @publicApi
 */
export class PlacesByAddress {
  private readonly taken = new Map<string, number>();

  /** @param limit places of one address */
  constructor(readonly limit: number) {}

  /**
   * Takes a place; undefined when the address has no more. Who has no address, such as the peer of a Unix socket, is not counted.
   *
   * @returns gives the place back; a second call does nothing
   */
  take(address: string | undefined): (() => void) | undefined {
    if (address === undefined) return () => undefined;
    const network = networkOf(address);
    const taken = this.taken.get(network) ?? 0;
    if (taken >= this.limit) return undefined;
    this.taken.set(network, taken + 1);
    let held = true;
    return () => {
      if (held) this.release(network);
      held = false;
    };
  }

  private release(network: string): void {
    const left = (this.taken.get(network) ?? 0) - 1;
    if (left > 0) this.taken.set(network, left);
    else this.taken.delete(network);
  }
}
