import type { SecureContext } from 'node:tls';
import { contextOf } from './trusted-authorities.js';
import { wsDialer } from './ws-dialer.js';
import type { TlsSettings } from '../socket.interface.js';
import type { Transport } from '../transport.interface.js';
import { NodeHttp } from './node-http.js';

/** Requests and sockets of one client in Node. The authorities are read once. */
export function nodeTransport(): Transport {
  let known: { tls: TlsSettings; context: Promise<SecureContext> } | undefined;
  const trust = (tls: TlsSettings): Promise<SecureContext> => {
    if (known?.tls !== tls) known = { tls, context: contextOf(tls) };
    return known.context;
  };
  const http = new NodeHttp(trust);
  return {
    dial: (request) => wsDialer(request, trust),
    send: http.send,
    tokenInQuery: false,
    keepsCookiesOf: () => false,
    close: () => http.close(),
  };
}
