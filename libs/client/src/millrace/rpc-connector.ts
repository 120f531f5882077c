import { isTemporary, refusedHandshake } from '../link/failure.js';
import type { ServerLink } from '../link/server-link.js';
import type { BaseConnector } from '../rpc/connector.js';
import type { Instance } from '../rpc/instance.js';
import type { MethodShapes, UntypedMethods } from '../rpc/method-types.js';
import type { CallLimits } from '../timing/call-limits.js';
import type { RpcOptions } from './millrace-options.js';

/** Connects to the RPC endpoint of whichever of a server's endpoints answers. */
export class LinkedRpcConnector<Methods extends MethodShapes<Methods> = UntypedMethods> implements Pick<
  BaseConnector<Methods>,
  'connect'
> {
  constructor(
    private readonly link: ServerLink,
    private readonly options: RpcOptions,
  ) {}

  /** Goes through the endpoints once. @throws as {@link ServerLink.open} */
  connect({ signal }: Pick<CallLimits, 'signal'> = {}): Promise<Instance<Methods>> {
    const { path = '/rpc', ...options } = this.options;
    return this.link.reach(signal, isTemporary, 1, async ({ endpoint, signal: limit }) => {
      const url = new URL(path.replace(/^\//, ''), endpoint.base);
      const { token, transport, settings } = this.link;
      if (token !== undefined && transport.tokenInQuery) url.searchParams.set('token', token);
      const connector = transport.connector<Methods>({
        ...options,
        uri: url.href.replace(/^http/, 'ws'),
        tls: this.link.trustAt(endpoint) ?? null,
        connectTimeout: settings.connectTimeout,
        headers: transport.tokenInQuery ? {} : this.link.authorization(),
        dial: transport.dial,
      });
      try {
        return await connector.connect({ signal: limit });
      } catch (error) {
        throw refusedHandshake(error, url.pathname);
      }
    });
  }
}
