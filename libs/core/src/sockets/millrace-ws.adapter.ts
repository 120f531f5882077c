import { createServer, type IncomingMessage, type Server } from 'node:http';
import { thrownReport } from '@millrace/protocol';
import type { INestApplication, INestApplicationContext } from '@nestjs/common';
import { ApplicationConfig, ExternalContextCreator, ModuleRef, ModulesContainer } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import type { WebSocket, WebSocketServer } from 'ws';
import { EnhancedCalls } from '../enhancers/enhanced-calls.js';
import { HandlerClasses } from '../enhancers/handler-classes.js';
import { HttpConnections } from '../http/http-connections.js';
import { RawBody } from '../http/raw-body.js';
import { SlowBodies } from '../http/slow-bodies.js';
import { MillraceError } from '../errors/millrace.error.js';
import { BrowserOrigins } from '../security/browser-origins.js';
import { ConnectionSecurity } from '../security/connection-security.js';
import { PlacesByAddress } from '../security/places-by-address.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { closeSockets, GOING_AWAY, sendAway, socketsOf } from './connection/close-sockets.js';
import { assertServed } from './socket-endpoint.decorator.js';
import { GatewayExplorer } from './upgrade/gateway-explorer.js';
import { GatewayTarget } from './upgrade/gateway-target.js';
import type { Handshake } from './upgrade/handshake-guards.js';
import {
  MILLRACE_WS_ADAPTER_OPTIONS,
  type MillraceWsAdapterOptions,
  type MillraceWsAdapterSettings,
} from './millrace-ws-adapter.options.js';
import { normalize } from './upgrade/route-table.js';
import { SocketRegistry, type SocketServer } from './socket-registry.js';
import { UpgradeRouter } from './upgrade/upgrade-router.js';

type GatewayOptions = Record<string, unknown> & { path?: string; adapter?: string };

/** What clients of a server that ends are told to wait, in seconds: others may be there already. */
const RETRY_AFTER = 1;

/** The adapter's port number for "the application's own HTTP server". */
const HOST_PORT = 0;

/**
 * Nest's `WsAdapter` plus what streaming needs: paths with parameters, authorization before the upgrade with real HTTP
 * statuses, pings, limits, and a shutdown that closes with 1012. The host's own gateways keep working.
 *
 * @example
 * ```ts
 * const app = await NestFactory.create(AppModule);
 * app.useWebSocketAdapter(new MillraceWsAdapter(app));
 * app.enableShutdownHooks();
 * ```
 * @publicApi
 */
export class MillraceWsAdapter extends WsAdapter implements SocketServer {
  readonly settings: MillraceWsAdapterSettings;
  /** Routes of the application's own HTTP server, and of every server it is attached to. */
  readonly router: UpgradeRouter;
  private readonly routers = new Map<number, UpgradeRouter>();
  private readonly gatewayServers = new Map<WebSocketServer, { router: UpgradeRouter; target: GatewayTarget }>();
  private readonly servers = new Set<WebSocketServer>();
  /** Servers and clients of the host's other adapter. */
  private readonly ofFallback = new WeakSet<object>();
  private readonly origins: BrowserOrigins | undefined;
  private readonly addressOf: ((request: IncomingMessage) => string | undefined) | undefined;
  private readonly places: PlacesByAddress;
  private readonly explorer: GatewayExplorer;
  private handshakes: Map<string, Handshake> | undefined;
  /** Names of the gateways, by their paths. */
  private readonly gateways: ReadonlyMap<string, string>;
  private readonly connections: HttpConnections | undefined;
  private readonly slowBodies: SlowBodies | undefined;

  constructor(app: INestApplicationContext, options: MillraceWsAdapterOptions = {}) {
    super(app);
    this.settings = MILLRACE_WS_ADAPTER_OPTIONS.read(options);
    const modules = app.get(ModulesContainer);
    const security = find(modules, ConnectionSecurity);
    if (security) this.addressOf = (request) => security.addressOf(request);
    this.origins = find(modules, BrowserOrigins);
    this.places = new PlacesByAddress(this.settings.maxConnectionsPerAddress);
    this.router = this.createRouter();
    this.routers.set(HOST_PORT, this.router);
    const classes = new HandlerClasses(modules);
    const contexts = app.get(ExternalContextCreator);
    // Not a provider: the host need not import a module of ours.
    const calls = new EnhancedCalls(contexts, app.get(ApplicationConfig), modules, app.get(ModuleRef));
    this.explorer = new GatewayExplorer(classes, calls);
    this.explorer.containErrors();
    this.gateways = this.explorer.names();
    const httpAdapter = (app as Partial<INestApplication>).getHttpAdapter?.();
    if (httpAdapter) find(modules, RawBody)?.install(httpAdapter);
    this.connections = find(modules, HttpConnections);
    const shutdown = find(modules, Shutdown);
    shutdown?.limitTo(this.settings.shutdownTimeout);
    shutdown?.delayBy(this.settings.shutdownDelay);
    shutdown?.add({ name: 'gateways', end: () => this.sendAway(shutdown), cut: () => this.cut() });
    this.slowBodies = find(modules, SlowBodies);
    const registry = find(modules, SocketRegistry);
    if (registry) registry.adapter = this;
    else assertServed(classes);
  }

  /** Serves the same endpoints on one more HTTP server, for example one with TLS. */
  attach(server: Server): void {
    this.router.attach(server);
    this.slowBodies?.attach(server);
  }

  /** From now on every handshake is refused with 503, also those under way. */
  refuse(): void {
    const headers = { 'Retry-After': String(RETRY_AFTER) };
    const refusal = new MillraceError('GOING_AWAY', GOING_AWAY.reason, { headers });
    for (const router of this.routers.values()) router.refuse(refusal);
  }

  override create(port: number, options: GatewayOptions = {}): WebSocketServer {
    const { adapter, ...rest } = options;
    const { fallback } = this.settings;
    if (fallback && adapter !== 'millrace') {
      // By default engine.io ends upgrades that it does not know after a second, also while another listener checks them.
      const foreign = fallback.create(port, { destroyUpgrade: false, ...rest }) as WebSocketServer;
      this.ofFallback.add(foreign);
      this.servers.add(foreign);
      return foreign;
    }
    const server = super.create(port, rest) as WebSocketServer & { path?: string };
    this.servers.add(server);
    const router = this.routers.get(port);
    if (!router || rest.server) return server;
    // Not before: the host may still have added global guards.
    const handshakes = (this.handshakes ??= this.explorer.handshakes());
    const path = normalize(server.path ?? rest.path ?? '/');
    const target = new GatewayTarget(server, this.gateways.get(path) ?? 'a gateway', () => handshakes.get(path));
    router.routes.add(path, target);
    this.gatewayServers.set(server, { router, target });
    return server;
  }

  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Nest's signature
  override bindClientConnect(server: WebSocketServer, callback: Function): void {
    if (!this.ofFallback.has(server)) return super.bindClientConnect(server, callback);
    this.settings.fallback?.bindClientConnect(server, (client: object, ...rest: unknown[]) => {
      this.ofFallback.add(client);
      // eslint-disable-next-line @typescript-eslint/no-unsafe-call -- Nest's signature
      callback(client, ...rest);
    });
  }

  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- Nest's signature
  override bindClientDisconnect(client: WebSocket, callback: Function): void {
    if (this.ofFallback.has(client)) this.settings.fallback?.bindClientDisconnect?.(client, callback);
    else super.bindClientDisconnect(client, callback);
  }

  override bindMessageHandlers(...[client, handlers, transform]: Parameters<WsAdapter['bindMessageHandlers']>): void {
    if (this.ofFallback.has(client as object)) this.settings.fallback?.bindMessageHandlers(client, handlers, transform);
    // A gateway without message handlers owns its frames; the stock parser would try to read each as JSON.
    else if (handlers.length > 0) super.bindMessageHandlers(client, handlers, transform);
  }

  /** A client's bad frame closes its own socket; it must not fill the host's log with stacks. */
  override bindErrorHandler(server: WebSocketServer): WebSocketServer {
    server.on('connection', (ws) => ws.on('error', (error: Error) => this.logger.debug(error.message)));
    server.on('error', (error) => this.logger.error(thrownReport(error)));
    return server;
  }

  override async close(server: WebSocketServer): Promise<void> {
    if (this.ofFallback.has(server)) {
      await this.settings.fallback?.close(server);
      return;
    }
    const route = this.gatewayServers.get(server);
    route?.router.routes.remove(route.target);
    this.gatewayServers.delete(server);
    await closeSockets(server.clients, this.settings.shutdownTimeout);
    await super.close(server);
  }

  override async dispose(): Promise<void> {
    for (const router of this.routers.values()) router.detachAll();
    await (this.settings.fallback as { dispose?: () => Promise<void> } | undefined)?.dispose?.();
    await super.dispose();
  }

  private createRouter(): UpgradeRouter {
    const { settings, places, addressOf, origins } = this;
    return new UpgradeRouter({ settings, places, addressOf, origins });
  }

  private async sendAway(shutdown: Shutdown): Promise<void> {
    this.refuse();
    const sockets = [...this.servers].flatMap(socketsOf);
    await Promise.all(sockets.map((ws) => shutdown.turn().then(() => sendAway(ws))));
  }

  private cut(): void {
    for (const server of this.servers) for (const ws of socketsOf(server)) ws.terminate();
  }

  protected override ensureHttpServerExists(port: number, server: Server = createServer()): Server | undefined {
    if (this.httpServersRegistry.has(port)) return undefined;
    this.httpServersRegistry.set(port, server);
    const router = this.routers.get(port) ?? this.createRouter();
    this.routers.set(port, router);
    router.attach(server);
    this.connections?.attend(server);
    return server;
  }
}

/**
 * The provider of a module of ours; undefined where none is imported, and the adapter serves the host's gateways alone.
 * `app.get()` cannot tell: on an application of `NestFactory` it ends the process in place of throwing.
 */
function find<T>(modules: ModulesContainer, token: new (...args: never[]) => T): T | undefined {
  const holder = [...modules.values()].find(({ providers }) => providers.has(token));
  return holder?.providers.get(token)?.instance as T | undefined;
}
