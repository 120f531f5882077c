import { createSecureContext, type SecureContext } from 'node:tls';
import { dialWs } from './ws-dialer.js';
import { Connector } from '../../rpc/node/node-connector.js';
import { trustedAuthorities } from './trusted-authorities.js';
import type { TlsSettings } from '../socket.interface.js';
import type { Transport } from '../transport.interface.js';
import { NodeHttp } from './node-http.js';

/** Requests and sockets of one client in Node. The authorities are read once. */
export function nodeTransport(): Transport {
  let known: { tls: TlsSettings; context: Promise<SecureContext> } | undefined;
  const trust = (tls: TlsSettings): Promise<SecureContext> => {
    if (known?.tls !== tls) {
      const context = trustedAuthorities(tls).then((ca) => createSecureContext({ ca }));
      known = { tls, context };
    }
    return known.context;
  };
  const http = new NodeHttp(trust);
  const dial: Transport['dial'] = (request) => dialWs(request, trust);
  return {
    dial,
    send: http.send,
    tokenInQuery: false,
    connector: (options) => new Connector({ dial, ...options }),
    close: () => http.close(),
  };
}
