import { Connector } from '../../rpc/browser/browser-connector.js';
import { nativeDialer } from './native-dialer.js';
import type { Transport } from '../transport.interface.js';
import { fetchSender } from './fetch-sender.js';

/** Requests and sockets of a page. */
export function browserTransport(): Transport {
  return {
    dial: nativeDialer,
    send: fetchSender,
    tokenInQuery: true,
    connector: (options) => new Connector(options),
    close: () => undefined,
  };
}
