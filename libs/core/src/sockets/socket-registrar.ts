import type { Server } from 'node:http';
import { thrownText, withDeadline } from '@millrace/protocol';
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService, ExternalContextCreator, HttpAdapterHost } from '@nestjs/core';
import { MillraceError } from '../errors/millrace.error.js';
import { ConnectionSecurity } from '../security/connection-security.js';
import { LiveConnections } from '../security/live-connections.js';
import { closeSockets } from './connection/close-sockets.js';
import { Heartbeat } from './connection/heartbeat.js';
import type { SocketConnection } from './connection/socket-connection.js';
import { endpointClasses } from './socket-endpoint.decorator.js';
import { SocketRegistry, type SocketServer } from './socket-registry.js';
import { EndpointTarget } from './upgrade/endpoint-target.js';
import { guardedHandshake } from './upgrade/handshake-guards.js';

/** The application has socket endpoints, but the adapter that serves them is not set. */
class AdapterMissingError extends MillraceError {
  constructor(paths: readonly string[]) {
    super(
      'ADAPTER_MISSING',
      `No MillraceWsAdapter is set, so the sockets at ${paths.join(', ')} cannot be served. ` +
        'Add this line before app.listen(): app.useWebSocketAdapter(new MillraceWsAdapter(app)); ' +
        'or turn the sockets off with the option sockets: false of the module that brings them.',
    );
  }
}

/** Serves the registered endpoints from the start of the application to its end. */
@Injectable()
export class SocketRegistrar implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('MillraceSockets');
  private readonly connections = new Set<SocketConnection>();
  private heartbeat: Heartbeat | undefined;

  constructor(
    private readonly registry: SocketRegistry,
    private readonly discovery: DiscoveryService,
    private readonly contexts: ExternalContextCreator,
    private readonly host: HttpAdapterHost,
    private readonly security: ConnectionSecurity,
    live: LiveConnections,
  ) {
    live.include(this.connections);
  }

  onApplicationBootstrap(): void {
    for (const { handler, options } of endpointClasses(this.discovery)) this.registry.add(handler, options);
    const { endpoints, adapter } = this.registry;
    // An application without HTTP (a worker, a script) has no sockets to serve.
    if (endpoints.length === 0 || !this.host.httpAdapter) return;
    if (!adapter) throw new AdapterMissingError(endpoints.flatMap(({ paths }) => paths));
    this.bind(adapter);
  }

  async beforeApplicationShutdown(): Promise<void> {
    const { adapter } = this.registry;
    if (!adapter || !this.heartbeat) return;
    adapter.router.refusal = new MillraceError('GOING_AWAY', 'The server is shutting down');
    const deadline = adapter.settings.shutdownTimeout;
    const draining = Promise.all(
      this.registry.endpoints.flatMap(({ handler, connections }) =>
        [...connections].map(async (connection) => handler.drain?.(connection)),
      ),
    );
    try {
      await withDeadline(
        draining,
        deadline,
        () => new MillraceError('TIMED_OUT', `Sockets were still busy after ${deadline} ms`),
      );
    } catch (error) {
      this.logger.warn(thrownText(error));
    }
    await closeSockets(
      [...this.connections].map(({ ws }) => ws),
      deadline,
    );
    this.heartbeat.stop();
  }

  private bind(adapter: SocketServer): void {
    for (const endpoint of this.registry.endpoints) {
      const target = new EndpointTarget({
        endpoint,
        handshake: guardedHandshake(this.contexts, endpoint.handler),
        security: this.security,
        all: this.connections,
        maxConnections: adapter.settings.maxConnections,
      });
      for (const path of endpoint.paths) {
        adapter.router.routes.add(path, target);
        this.logger.log(`Serving WebSocket {${path}} by ${endpoint.handler.constructor.name}`);
      }
    }
    adapter.attach(this.host.httpAdapter.getHttpServer() as Server);
    this.heartbeat = new Heartbeat(this.connections, adapter.settings);
    this.heartbeat.start();
  }
}
