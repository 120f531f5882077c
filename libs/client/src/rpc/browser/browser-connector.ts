import { BaseConnector } from '../connector.js';
import type { RpcConnectorOptions } from '../connector-options.js';
import type { MethodShapes, UntypedMethods } from '../method-types.js';
import { nativeDialer } from '../../transport/browser/native-dialer.js';

/**
 * Settings of a server and of the attempts to reach it, for browsers: dials by the page's own WebSocket.
 *
 * @publicApi
 */
export class Connector<Methods extends MethodShapes<Methods> = UntypedMethods> extends BaseConnector<Methods> {
  /** @throws ConfigurationError naming the bad setting */
  constructor(options: RpcConnectorOptions) {
    super(options, nativeDialer);
  }
}
