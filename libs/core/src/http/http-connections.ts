import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Shutdown } from '../shutdown/shutdown.js';

/** How long a connection has for its first request once the application ends, in milliseconds. */
const FIRST_REQUEST = 500;

/** Node keeps its parser of HTTP on a socket, until the socket is upgraded. */
type ParsedSocket = Socket & { readonly parser?: object | null };

/**
 * Lets the HTTP server end with the application: Node's `close()` waits for every connection without end. A connection that
 * carried no request (nothing was sent on it, or half a request) is ended soon, one that carries one after its answer, and
 * whatever is left is cut at the deadline: a body that never comes, an answer that nobody reads.
 */
@Injectable()
export class HttpConnections implements OnApplicationBootstrap {
  private readonly logger = new Logger('Shutdown');
  /** The connections, with their last answer: a weak reference costs less than a listener for each. */
  private readonly open = new Map<Socket, WeakRef<ServerResponse> | undefined>();
  private readonly unused = new Set<Socket>();
  private readonly attended = new WeakSet<Server>();
  private leaving = false;
  private ending = false;
  private over = false;

  constructor(
    private readonly host: HttpAdapterHost,
    shutdown: Shutdown,
  ) {
    shutdown.add({
      name: 'connections by HTTP',
      announce: () => this.announce(),
      end: () => this.end(),
      cut: () => this.cut(),
    });
  }

  onApplicationBootstrap(): void {
    // An application without HTTP has none.
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    if (server) this.attend(server);
  }

  /** Ends the connections of one more server with the application. */
  attend(server: Server): void {
    if (this.attended.has(server)) return;
    this.attended.add(server);
    // With TLS, first the connection below, then the one that carries requests.
    server.on('connection', this.onConnection).on('secureConnection', this.onConnection);
    server.prependListener('request', this.onRequest);
  }

  /** Takes a connection that was there before its server was known, with the request on it. */
  take(request: IncomingMessage, response: ServerResponse): void {
    if (!this.open.has(request.socket)) this.onConnection(request.socket);
    this.onRequest(request, response);
  }

  private readonly onConnection = (socket: Socket): void => {
    this.open.set(socket, undefined);
    this.unused.add(socket);
    socket.once('close', () => {
      this.open.delete(socket);
      this.unused.delete(socket);
    });
    if (this.over) socket.destroy();
    else if (this.ending) this.limit(socket);
  };

  private readonly onRequest = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    this.unused.delete(socket);
    // Requests by HTTP/2 have responses of another kind; who serves them ends them.
    if (!(response instanceof ServerResponse)) return;
    this.open.set(socket, new WeakRef(response));
    if (this.leaving) endAfter(response);
  };

  /** Clients that keep connections make new ones then, where a load balancer sends them. */
  private announce(): void {
    this.leaving = true;
    for (const response of this.underWay()) endAfter(response);
  }

  private end(): void {
    this.ending = true;
    for (const socket of this.unused) this.limit(socket);
  }

  private cut(): void {
    this.over = true;
    const { length } = [...this.underWay()];
    if (length > 0) this.logger.warn(`Cut requests that took too long: ${length}`);
    for (const socket of this.open.keys()) socket.destroy();
  }

  private *underWay(): Iterable<ServerResponse> {
    for (const answer of this.open.values()) {
      const response = answer?.deref();
      if (response && !response.writableFinished && !response.destroyed) yield response;
    }
  }

  /** Node no longer looks at the deadline of a request's head. */
  private limit(socket: ParsedSocket): void {
    const end = (): void => {
      if (this.unused.has(socket) && (socket.bytesRead === 0 || socket.parser)) socket.destroy();
    };
    // A timer that is due runs before sockets are read: what came while the process stood still is read first.
    setTimeout(() => setImmediate(end), FIRST_REQUEST).unref();
  }
}

/** Ends the connection after an answer: its client would keep it for further requests. */
function endAfter(response: ServerResponse): void {
  if (response.headersSent) response.once('finish', () => response.req.socket.destroySoon());
  else response.shouldKeepAlive = false;
}
