import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { SlowBodies } from '@millrace/core/http';
import { ConnectionSecurity } from '@millrace/core/security';
import { Shutdown } from '@millrace/core/shutdown';
import { type Settings, SETTINGS } from '../config/settings.js';
import { InfoAccess } from '../server-info/info-access.js';
import { ServerInfo } from '../server-info/server-info.js';
import { ConnectionLimit } from './connection-limit.js';
import { endpoint, isWildcard, localUrl } from './addresses.js';
import { Http1Endpoint } from './http1-endpoint.js';
import { Http2Endpoint, type Http2Handler } from './http2/http2-endpoint.js';
import { SharedPort, type SharedPortOptions } from './shared-port.js';
import { watchCertificate } from './tls/watch-certificate.js';
import type { TlsSource } from './tls/tls-source.js';

/** How long a peer may take to say what it speaks, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;
/** Connections of one port. */
const MAX_CONNECTIONS = 10_000;

/** A port that is open. */
export interface OpenPort {
  readonly url: string;
  /** File of the authority that clients must be told to trust. */
  readonly authority?: string | undefined;
}

/**
 * The ports beside the application's own: with TLS, and plain. Both speak HTTP/1.1, WebSocket, HTTP/2 and gRPC, and serve
 * every route.
 */
@Injectable()
export class Listeners implements OnApplicationBootstrap {
  private readonly logger = new Logger('Listeners');
  private readonly ports: SharedPort[] = [];
  private readonly endpoints: string[] = [];
  private readonly limit: ConnectionLimit;
  private http1: Http1Endpoint | undefined;
  private http2: Http2Endpoint | undefined;
  private stopWatching: (() => void) | undefined;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly host: HttpAdapterHost,
    private readonly info: ServerInfo,
    private readonly access: InfoAccess,
    private readonly slowBodies: SlowBodies,
    security: ConnectionSecurity,
    shutdown: Shutdown,
  ) {
    this.limit = new ConnectionLimit({
      perAddress: settings.maxConnectionsPerAddress,
      isProxy: (address) => security.isProxy(address),
    });
    shutdown.add({ name: 'listeners', end: () => this.end(), cut: () => this.cut() });
  }

  /** The application's own port, before it listens: it has the limits of the others. */
  onApplicationBootstrap(): void {
    const server = this.server();
    server.maxConnections = MAX_CONNECTIONS;
    server.prependListener('connection', (socket: Socket) => {
      // What comes by the other ports was admitted there.
      if (!this.http1?.has(socket)) this.limit.admit(socket);
    });
  }

  /** Opens the ports that the settings ask for, at the address of the application's own. */
  async open(address: string, source: TlsSource | undefined): Promise<OpenPort[]> {
    const { tls, plainPort, proxyEndpoints } = this.settings;
    const opened: OpenPort[] = [];
    if (tls && source) opened.push(await this.openSecure(address, tls.port, source));
    if (plainPort !== undefined) opened.push({ url: await this.listen('http', address, plainPort) });
    this.info.announce(proxyEndpoints ?? this.endpoints);
    return opened;
  }

  /** No more connections. Waits for the requests under way until they have ended, or are cut at the deadline of the shutdown. */
  async drain(): Promise<void> {
    const closed = this.ports.map((port) => port.close());
    this.http1?.drain();
    await Promise.all(closed);
  }

  /** Goodbye on the connections of HTTP/2. WebSockets are closed by those who serve them. */
  private end(): void {
    this.stopWatching?.();
    this.http2?.close();
  }

  private cut(): void {
    for (const port of this.ports) port.destroy();
  }

  private async openSecure(
    address: string,
    number: number,
    { certificate, files, authority }: TlsSource,
  ): Promise<OpenPort> {
    if (certificate.validTo.getTime() < Date.now()) this.logger.warn(`The certificate ${files.cert} has run out`);
    const url = await this.listen('https', address, number, certificate);
    const [port] = this.ports;
    this.stopWatching = watchCertificate(files, (renewed) => port?.setCertificate(renewed), this.logger);
    return { url, authority };
  }

  private async listen(
    protocol: 'http' | 'https',
    address: string,
    number: number,
    tls?: SharedPortOptions['tls'],
  ): Promise<string> {
    const http1 = (this.http1 ??= new Http1Endpoint(this.server()));
    const http2 = (this.http2 ??= new Http2Endpoint(await this.http2Handler(), this.logger));
    const port = new SharedPort({
      handlers: { 'http/1.1': (socket) => http1.accept(socket), h2: (socket) => http2.accept(socket) },
      tls: tls && { cert: tls.cert, key: tls.key },
      handshakeTimeout: HANDSHAKE_TIMEOUT,
      maxConnections: MAX_CONNECTIONS,
      admit: this.limit.admit,
      logger: this.logger,
    });
    const { host } = this.settings;
    const actual = await port.listen(number, address);
    this.ports.push(port);
    if (!isWildcard(host)) this.endpoints.push(endpoint(host, actual));
    return localUrl(protocol, host, actual);
  }

  private async http2Handler(): Promise<Http2Handler> {
    // Loaded with the first of these ports: most applications open none.
    const [{ createGrpcHandler, isGrpc }, { btrdbRoutes }] = await Promise.all([
      import('./grpc/grpc-handler.js'),
      import('../server-info/btrdb-descriptor.js'),
    ]);
    const grpc = createGrpcHandler(btrdbRoutes(this.info), (request) => this.access.check(request));
    const server = this.server();
    return (request, response) => {
      if (isGrpc(request.headers)) {
        this.slowBodies.watch(request as unknown as IncomingMessage, response as unknown as ServerResponse);
        grpc(request, response);
      }
      // Node's compatible form of HTTP/2 requests, which Fastify takes like any other.
      else server.emit('request', request as unknown as IncomingMessage, response as unknown as ServerResponse);
    };
  }

  private server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }
}
