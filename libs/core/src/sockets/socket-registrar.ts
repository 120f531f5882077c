import type { Server } from 'node:http';
import { thrownText } from '@millrace/protocol';
import { Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { EnhancedCalls } from '../enhancers/enhanced-calls.js';
import { HandlerClasses } from '../enhancers/handler-classes.js';
import { MillraceError } from '../errors/millrace.error.js';
import { ConnectionSecurity } from '../security/connection-security.js';
import { LiveConnections } from '../security/live-connections.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { GOING_AWAY } from './connection/close-sockets.js';
import { Heartbeat } from './connection/heartbeat.js';
import type { SocketConnection } from './connection/socket-connection.js';
import { endpointClasses } from './socket-endpoint.decorator.js';
import type { SocketHandler } from './socket-endpoint.interface.js';
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
export class SocketRegistrar implements OnApplicationBootstrap {
  private readonly logger = new Logger('MillraceSockets');
  private readonly connections = new Set<SocketConnection>();
  private heartbeat: Heartbeat | undefined;

  constructor(
    private readonly registry: SocketRegistry,
    private readonly classes: HandlerClasses,
    private readonly calls: EnhancedCalls,
    private readonly host: HttpAdapterHost,
    private readonly security: ConnectionSecurity,
    live: LiveConnections,
    private readonly shutdown: Shutdown,
  ) {
    live.include(this.connections);
    shutdown.add({ name: 'sockets', end: (deadline) => this.end(deadline), cut: () => this.cut() });
  }

  onApplicationBootstrap(): void {
    for (const { handler, options } of endpointClasses(this.classes)) this.registry.add(handler, options);
    const { endpoints, adapter } = this.registry;
    // An application without HTTP (a worker, a script) has no sockets to serve.
    if (endpoints.length === 0 || !this.host.httpAdapter) return;
    if (!adapter) throw new AdapterMissingError(endpoints.flatMap(({ paths }) => paths));
    this.bind(adapter);
  }

  /** Each socket works until its turn has come, and is closed once nothing is under way on it. */
  private async end(deadline: AbortSignal): Promise<void> {
    this.registry.adapter?.refuse();
    // Handlers that drain have the first word then, and a turn of the event loop to say it.
    const late = new Promise<void>((resolve) =>
      deadline.addEventListener('abort', () => setImmediate(() => setImmediate(resolve))),
    );
    await Promise.all(
      this.registry.endpoints.flatMap(({ handler, connections }) =>
        [...connections].map(async (connection) => {
          await this.shutdown.turn();
          await Promise.race([this.drain(handler, connection, deadline), late]);
          await closed(connection);
        }),
      ),
    );
    this.heartbeat?.stop();
  }

  private async drain(handler: SocketHandler, connection: SocketConnection, deadline: AbortSignal): Promise<void> {
    try {
      await handler.drain?.(connection, deadline);
    } catch (error) {
      this.logger.warn(thrownText(error));
    }
  }

  private cut(): void {
    for (const { ws } of this.connections) ws.terminate();
    this.heartbeat?.stop();
  }

  private bind(adapter: SocketServer): void {
    for (const endpoint of this.registry.endpoints) {
      const target = new EndpointTarget({
        endpoint,
        handshake: guardedHandshake(this.calls, endpoint.handler),
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

/** Closes a socket with 1012, unless it was closed otherwise; resolves when its peer has done so too. */
async function closed(connection: SocketConnection): Promise<void> {
  if (connection.ws.readyState === connection.ws.CLOSED) return;
  const end = new Promise<void>((resolve) => connection.ws.once('close', () => resolve()));
  connection.close(GOING_AWAY.code, GOING_AWAY.reason);
  await end;
}
