import { BaseConnector } from '../connector.js';
import type { RpcConnectorOptions } from '../connector-options.js';
import type { MethodShapes, UntypedMethods } from '../method-types.js';
import { wsDialer } from '../../transport/node/ws-dialer.js';

/**
 * Settings of a server and of the attempts to reach it. Holds no connection: `connect()` may be called any number of times.
 *
 * @example
 * ```ts
 * const connector = new Connector({ uri: 'localhost:5000', maxAttempts: 10 });
 * await using instance = await connector.connect();
 * ```
 * @publicApi
 */
export class Connector<Methods extends MethodShapes<Methods> = UntypedMethods> extends BaseConnector<Methods> {
  /** @throws ConfigurationError naming the bad setting */
  constructor(options: RpcConnectorOptions) {
    super(options, wsDialer);
  }
}
