import type { BaseConnector } from '../rpc/connector.js';
import type { RpcConnectorOptions } from '../rpc/connector-options.js';
import type { MethodShapes, UntypedMethods } from '../rpc/method-types.js';
import type { Dialer } from './socket.interface.js';
import type { HttpSender } from './http-exchange.interface.js';

/** What differs between Node and browsers: how requests are sent and sockets are opened. */
export interface Transport {
  readonly dial: Dialer;
  readonly send: HttpSender;
  /** A page cannot give a WebSocket headers. */
  readonly tokenInQuery: boolean;
  connector<Methods extends MethodShapes<Methods> = UntypedMethods>(
    options: RpcConnectorOptions,
  ): BaseConnector<Methods>;
  /** Drops idle connections. */
  close(): void;
}
