import type { Socket } from 'node:net';
import { PlacesByAddress } from '@millrace/core/security';

export interface ConnectionLimitOptions {
  /** Connections of one address at a time, of all ports together. */
  readonly perAddress: number;
  /** Whether an address is that of a proxy, which connects for many. */
  readonly isProxy: (address: string) => boolean;
}

/** Limits the connections of one address before anything is done for them, a TLS handshake included. */
export class ConnectionLimit {
  private readonly places: PlacesByAddress;

  constructor(private readonly options: ConnectionLimitOptions) {
    this.places = new PlacesByAddress(options.perAddress);
  }

  /** Whether a new connection may stay; it has its place until it closes. The others are cut. */
  readonly admit = (socket: Socket): boolean => {
    const { remoteAddress } = socket;
    if (remoteAddress !== undefined && this.options.isProxy(remoteAddress)) return true;
    const release = this.places.take(remoteAddress);
    if (release) socket.once('close', release);
    else socket.destroy();
    return release !== undefined;
  };
}
