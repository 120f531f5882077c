import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** How long a connection has for its first request once the application ends, in milliseconds. */
const FIRST_REQUEST = 500;

/** Node keeps its parser of HTTP on a socket, until the socket is upgraded. */
type ParsedSocket = Socket & { readonly parser?: object | null };

/**
 * Ends connections that carried no request when the application ends: nothing was sent on them, or half a request. Node's
 * server waits for each of them without end, since its `close()` ends idle connections only after a first request, and no
 * longer looks at the deadline of a request's head.
 */
@Injectable()
export class UnusedConnections implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly unused = new Set<Socket>();
  private ending = false;

  constructor(private readonly host: HttpAdapterHost) {}

  onApplicationBootstrap(): void {
    // An application without HTTP has none.
    const server = this.host.httpAdapter?.getHttpServer() as Server | undefined;
    // With TLS, first the connection below, then the one that carries requests.
    server?.on('connection', this.onConnection).on('secureConnection', this.onConnection);
    server?.prependListener('request', ({ socket }: IncomingMessage) => this.unused.delete(socket));
  }

  beforeApplicationShutdown(): void {
    this.ending = true;
    for (const socket of this.unused) limit(socket, this.unused);
  }

  private readonly onConnection = (socket: Socket): void => {
    this.unused.add(socket);
    socket.once('close', () => this.unused.delete(socket));
    if (this.ending) limit(socket, this.unused);
  };
}

function limit(socket: ParsedSocket, unused: ReadonlySet<Socket>): void {
  const end = (): void => {
    if (unused.has(socket) && (socket.bytesRead === 0 || socket.parser)) socket.destroy();
  };
  // A timer that is due runs before sockets are read: what came while the process stood still is read first.
  setTimeout(() => setImmediate(end), FIRST_REQUEST).unref();
}
