import { isTemporary, refusedHandshake } from '../link/failure.js';
import type { ServerLink } from '../link/server-link.js';
import { BaseConnector } from '../rpc/connector.js';
import type { MethodShapes } from '../rpc/method-types.js';
import type { RpcOptions } from './millrace-options.js';

/** Connects to the RPC endpoint of whichever of a server's endpoints answers; goes through them once. */
export function linkedConnector<Methods extends MethodShapes<Methods>>(
  link: ServerLink,
  { path = '/rpc', ...options }: RpcOptions,
): Pick<BaseConnector<Methods>, 'connect'> {
  const { connectTimeout } = link.settings;
  return {
    connect: ({ signal } = {}) =>
      link.reach(signal, isTemporary, 1, async ({ endpoint, signal: limit }) => {
        const { url, headers, tls = null } = link.socketAt(endpoint, path.replace(/^\//, ''));
        const connector = new BaseConnector<Methods>({ ...options, uri: url, headers, tls, connectTimeout }, link.dial);
        try {
          return await connector.connect({ signal: limit });
        } catch (error) {
          throw refusedHandshake(error, url);
        }
      }),
  };
}
