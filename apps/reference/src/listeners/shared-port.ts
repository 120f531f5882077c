import { once } from 'node:events';
import { createServer as createPlainServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import { thrownReport } from '@millrace/protocol';
import type { Logger } from '@nestjs/common';
import { sniffProtocol, type WireProtocol } from './sniff-protocol.js';

/** Takes connections once it is known what they speak. */
export type ProtocolHandlers = Readonly<Record<WireProtocol, (socket: Socket) => void>>;

export interface SharedPortOptions {
  readonly handlers: ProtocolHandlers;
  /** Certificate and key; without them the port is plain. */
  readonly tls?: SecureContextOptions | undefined;
  /** How long a peer may take to say what it speaks, the TLS handshake included, in milliseconds. */
  readonly handshakeTimeout: number;
  /** Further connections are cut. */
  readonly maxConnections: number;
  /** Whether a connection may stay; asked before anything is done for it. */
  readonly admit: (socket: Socket) => boolean;
  readonly logger: Logger;
}

/**
 * One port on which HTTP/1.1 (and so WebSocket) and HTTP/2 (and so gRPC) are spoken: told apart by ALPN on TLS, by the
 * connection preface of HTTP/2 without. What goes wrong on one connection stays there.
 */
export class SharedPort {
  private readonly server: Server;
  private readonly secure: TlsServer | undefined;
  private readonly sockets = new Set<Socket>();
  /** Connections of which it is not known yet what they speak. */
  private readonly undecided = new Set<Socket>();

  constructor(private readonly options: SharedPortOptions) {
    this.secure = options.tls && this.createSecure(options.tls);
    // Connections reach the server with TLS only once they are admitted: it begins to work for each of them.
    this.server = createPlainServer(
      { allowHalfOpen: this.secure === undefined, noDelay: this.secure === undefined },
      (socket) => this.take(socket),
    );
    this.server.maxConnections = options.maxConnections;
  }

  /** Starts to listen; answers the port. @throws the system's error, for example `EADDRINUSE` */
  async listen(port: number, host: string): Promise<number> {
    await once(this.server.listen(port, host), 'listening');
    this.server.on('error', (error) => this.options.logger.error(thrownReport(error)));
    return (this.server.address() as AddressInfo).port;
  }

  /** New connections get another certificate; those that are there go on. @throws when key and certificate cannot be used */
  setCertificate(tls: SecureContextOptions): void {
    this.secure?.setSecureContext(tls);
  }

  /** Takes no more connections, and cuts those which have not said anything; resolves when the last one is gone. */
  close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.undecided) socket.destroy();
    return closed;
  }

  /** Cuts whatever is still there. */
  destroy(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private take(socket: Socket): void {
    if (!this.options.admit(socket)) return;
    this.track(socket);
    if (this.secure) this.secure.emit('connection', socket);
    else void this.sniff(socket);
  }

  private createSecure(tls: SecureContextOptions): TlsServer {
    const server = createTlsServer({
      ...tls,
      ALPNProtocols: ['h2', 'http/1.1'],
      handshakeTimeout: this.options.handshakeTimeout,
    });
    // A client without ALPN gets HTTP/1.1, one that offers none we know gets an alert.
    server.on('secureConnection', (socket) => {
      this.track(socket);
      this.options.handlers[socket.alpnProtocol === 'h2' ? 'h2' : 'http/1.1'](socket);
    });
    server.on('tlsClientError', (error, socket) => {
      this.options.logger.debug(`A TLS handshake failed: ${error.message}`);
      // Node only reports one that takes too long: a peer that says nothing would be kept forever.
      socket.destroy();
    });
    return server;
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    // The code that takes the connection also handles its errors.
    socket.on('error', (error) => this.options.logger.debug(`A connection broke: ${error.message}`));
  }

  private async sniff(socket: Socket): Promise<void> {
    this.undecided.add(socket);
    const protocol = await sniffProtocol(socket, this.options.handshakeTimeout);
    this.undecided.delete(socket);
    if (protocol && !socket.destroyed) this.options.handlers[protocol](socket);
    else socket.destroy();
  }
}
