import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import { HostPaths } from '../http/host-paths.js';
import type { SocketConnection } from './connection/socket-connection.js';
import type { MillraceWsAdapterSettings } from './millrace-ws-adapter.options.js';
import type { SocketEndpointOptions, SocketHandler } from './socket-endpoint.interface.js';
import type { UpgradeRouter } from './upgrade/upgrade-router.js';

/** What the registrar needs of the adapter that serves its endpoints. */
export interface SocketServer {
  readonly settings: MillraceWsAdapterSettings;
  readonly router: UpgradeRouter;
  attach(server: Server): void;
  refuse(): void;
}

/** One registered endpoint and its live connections. */
export interface RegisteredEndpoint {
  readonly handler: SocketHandler;
  readonly options: SocketEndpointOptions;
  /** Where it is served: with the global prefix of the host. */
  readonly paths: readonly string[];
  readonly connections: ReadonlySet<SocketConnection>;
}

/** The socket endpoints of one application. */
@Injectable()
export class SocketRegistry {
  private readonly registered: (RegisteredEndpoint & { readonly connections: Set<SocketConnection> })[] = [];
  /** Set by the adapter's constructor. */
  adapter: SocketServer | undefined;

  constructor(private readonly hostPaths: HostPaths) {}

  /** Registers an endpoint; call it no later than in `onModuleInit`. */
  add<State>(handler: SocketHandler<State>, options: SocketEndpointOptions): void {
    const { hostPaths } = this;
    const listed = typeof options.path === 'string' ? [options.path] : options.path;
    this.registered.push({
      handler,
      options,
      // The host may set its prefix after this.
      get paths() {
        return listed.map((path) => hostPaths.at(path, options));
      },
      connections: new Set(),
    });
  }

  /** Every endpoint, for routing, documents and metrics. */
  get endpoints(): readonly (RegisteredEndpoint & { readonly connections: Set<SocketConnection> })[] {
    return this.registered;
  }
}
