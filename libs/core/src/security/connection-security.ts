import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import proxyAddress from 'proxy-addr';
import { rawRequestOf } from '../http/raw-body.js';

/** Says whether an address belongs to a trusted proxy. */
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

  /** Trusts `X-Forwarded-Proto` and `X-Forwarded-For` from such addresses. Until it is called, no proxy is trusted. */
  trustProxies(isTrusted: TrustProxy): void {
    this.isTrusted = isTrusted;
  }

  /** Whether an address is that of a trusted proxy. */
  isProxy(address: string): boolean {
    return this.isTrusted(address);
  }

  /** The client's address: that of the peer, or the one that trusted proxies name. */
  addressOf(request: object): string | undefined {
    const raw = rawRequestOf(request);
    if ((raw.socket as typeof raw.socket | undefined)?.remoteAddress === undefined) return undefined;
    // Each proxy adds its peer at the end. What an untrusted one has written before it does not count.
    return proxyAddress(raw, (address) => isIP(address) !== 0 && this.isTrusted(address));
  }

  /** Host and port that the client asked for, as the request or a trusted proxy says; undefined when neither does. */
  authorityOf(request: object): string | undefined {
    const { socket, headers } = rawRequestOf(request);
    const asked = (headers[':authority'] as string | undefined) ?? headers.host;
    const { remoteAddress } = socket ?? {};
    if (remoteAddress === undefined || !this.isTrusted(remoteAddress)) return asked;
    // Of a list, the last entry is by the proxy next to us.
    const last = (name: string): string | undefined => headers[name] && String(headers[name]).split(',').at(-1)?.trim();
    const [host, port] = [last('x-forwarded-host') ?? asked, last('x-forwarded-port')];
    return host && port && !/:\d+$/.test(host) ? `${host}:${port}` : host;
  }

  /** Whether a request came encrypted all the way. Takes requests of Express, of Fastify and of Node. */
  isSecure(request: object): boolean {
    const { socket, headers } = rawRequestOf(request);
    if ((socket as { encrypted?: boolean } | undefined)?.encrypted === true) return true;
    const forwarded = headers['x-forwarded-proto'];
    const { remoteAddress } = socket ?? {};
    if (forwarded === undefined || remoteAddress === undefined || !this.isTrusted(remoteAddress)) return false;
    // A chain of proxies leaves a list that does not say which entry is whose, so every hop has to be encrypted.
    return String(forwarded)
      .split(',')
      .every((protocol) => /^(https|wss)$/i.test(protocol.trim()));
  }
}
