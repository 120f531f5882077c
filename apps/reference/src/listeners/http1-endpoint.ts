import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Serves HTTP/1.1 on connections that somebody else has accepted, by the application's own server: its routes, its
 * WebSocket endpoints and its limits hold there too.
 */
export class Http1Endpoint {
  /** Requests under way, by connection. */
  private readonly running = new Map<Socket, number>();
  private draining = false;

  constructor(private readonly server: Server) {
    server.prependListener('request', this.onRequest);
  }

  accept(socket: Socket): void {
    this.running.set(socket, 0);
    socket.once('close', () => this.running.delete(socket));
    this.server.emit('connection', socket);
  }

  /** Whether somebody else has accepted this connection, and not the application's own server. */
  has(socket: Socket): boolean {
    return this.running.has(socket);
  }

  /** Ends connections without a request, the others after their answer. */
  drain(): void {
    this.draining = true;
    for (const [socket, requests] of this.running) if (requests === 0) socket.destroy();
  }

  private readonly onRequest = ({ socket }: IncomingMessage, response: ServerResponse): void => {
    // The application's own connections, and requests that came by HTTP/2, are not counted here.
    if (!this.running.has(socket)) return;
    this.count(socket, 1);
    if (this.draining) response.shouldKeepAlive = false;
    response.once('close', () => {
      if (this.count(socket, -1) === 0 && this.draining) socket.destroySoon();
    });
  };

  private count(socket: Socket, change: number): number {
    const requests = (this.running.get(socket) ?? 0) + change;
    if (this.running.has(socket)) this.running.set(socket, requests);
    return requests;
  }
}
