import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { SocketConnection } from './connection/socket-connection.js';
import type { MillraceWsAdapterSettings } from './millrace-ws-adapter.options.js';
import type { SocketEndpointOptions, SocketHandler } from './socket-endpoint.interface.js';
import type { UpgradeRouter } from './upgrade/upgrade-router.js';

/** What the registrar needs of the adapter that serves its endpoints. */
export interface SocketServer {
  readonly settings: MillraceWsAdapterSettings;
  readonly router: UpgradeRouter;
  attach(server: Server): void;
}

/** One registered endpoint and its live connections. */
export interface RegisteredEndpoint {
  readonly handler: SocketHandler;
  readonly options: SocketEndpointOptions;
  readonly paths: readonly string[];
  readonly connections: ReadonlySet<SocketConnection>;
}

/** The socket endpoints of one application. */
@Injectable()
export class SocketRegistry {
  private readonly registered: (RegisteredEndpoint & { readonly connections: Set<SocketConnection> })[] = [];
  /** Set by the adapter's constructor. */
  adapter: SocketServer | undefined;

  /** Registers an endpoint; call it no later than in `onModuleInit`. */
  add<State>(handler: SocketHandler<State>, options: SocketEndpointOptions): void {
    const paths = typeof options.path === 'string' ? [options.path] : options.path;
    this.registered.push({ handler: handler, options, paths, connections: new Set() });
  }

  /** Every endpoint, for routing, documents and metrics. */
  get endpoints(): readonly (RegisteredEndpoint & { readonly connections: Set<SocketConnection> })[] {
    return this.registered;
  }
}
