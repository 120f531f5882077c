import type { ConnectRouter } from '@connectrpc/connect';
import { infoMethod } from './btrdb-descriptor.js';
import type { ServerInfo } from './server-info.js';

/** Registers `v5api.BTrDB` with its method `Info`. */
export function btrdbRoutes(server: ServerInfo): (router: ConnectRouter) => void {
  return (router) => router.rpc(infoMethod(), () => ({ ...server.get() }));
}
