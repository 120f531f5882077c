import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import proxyAddress from 'proxy-addr';
import { rawRequestOf } from '../http/raw-body.js';

/** Says whether the peer of a connection is a proxy whose word counts. */
export type TrustProxy = (address: string) => boolean;

/**
 * Whether requests and handshakes came encrypted: by TLS of this server, or by TLS up to a trusted proxy in front of it.
 * Decided in one place, so that HTTP, WebSocket and every other listener agree.
 *
 * @publicApi
 */
@Injectable()
export class ConnectionSecurity {
  private isTrusted: TrustProxy = () => false;

  /** Lets `X-Forwarded-Proto` and `X-Forwarded-For` count where they come from such an address; else nobody's word does. */
  trustProxies(isTrusted: TrustProxy): void {
    this.isTrusted = isTrusted;
  }

  /** The client's address: that of the peer, or what trusted proxies say of whom they serve. */
  addressOf(request: object): string | undefined {
    const raw = rawRequestOf(request);
    if ((raw.socket as typeof raw.socket | undefined)?.remoteAddress === undefined) return undefined;
    // Each proxy adds its peer at the end; what stands before the first that is not trusted is that one's own word.
    return proxyAddress(raw, (address) => isIP(address) !== 0 && this.isTrusted(address));
  }

  /** Whether a request came encrypted all the way. Takes requests of Express, of Fastify and of Node. */
  isSecure(request: object): boolean {
    const { socket, headers } = rawRequestOf(request);
    if ((socket as { encrypted?: boolean } | undefined)?.encrypted === true) return true;
    const forwarded = headers['x-forwarded-proto'];
    const { remoteAddress } = socket ?? {};
    if (forwarded === undefined || remoteAddress === undefined || !this.isTrusted(remoteAddress)) return false;
    // A chain of proxies leaves a list. Whose entry is which cannot be told, so one plain hop is one too many.
    return String(forwarded)
      .split(',')
      .every((protocol) => /^(https|wss)$/i.test(protocol.trim()));
  }
}
