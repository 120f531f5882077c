import type { Server } from 'node:http';
import type { MillraceWsAdapterSettings } from './millrace-ws-adapter.options.js';
import type { UpgradeRouter } from './upgrade/upgrade-router.js';

/** What the registrar needs of the adapter that serves its endpoints. */
export interface SocketServer {
  readonly settings: MillraceWsAdapterSettings;
  readonly router: UpgradeRouter;
  attach(server: Server): void;
}
