import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { MillraceError } from '../../errors/millrace.error.js';
import type { ConnectionSecurity } from '../../security/connection-security.js';
import { principalOf } from '../../security/principal.js';
import { answerPings } from '../connection/answer-pings.js';
import type { Handshake } from './handshake-guards.js';
import type { HandshakeResponse } from './handshake-response.js';
import { SocketConnection } from '../connection/socket-connection.js';
import type { RegisteredEndpoint } from '../socket-registry.js';
import type { UpgradeTarget } from './upgrade-router.js';
import type { UpgradeRequest } from '../../http/upgrade-request.js';

const DEFAULT_MAX_PAYLOAD = 16 * 1024 * 1024;

export interface EndpointTargetInit {
  readonly endpoint: RegisteredEndpoint & { readonly connections: Set<SocketConnection> };
  readonly handshake: Handshake;
  readonly security: ConnectionSecurity;
  /** Every connection of the adapter, for heartbeat and limit. */
  readonly all: Set<SocketConnection>;
  readonly maxConnections: number;
}

/** Accepts the sockets of one registered endpoint. */
export class EndpointTarget implements UpgradeTarget {
  private readonly logger: Logger;
  private readonly server: WebSocketServer;
  readonly handshakeTimeout: number | undefined;
  readonly owner: string;

  constructor(private readonly init: EndpointTargetInit) {
    const { handler, options } = init.endpoint;
    this.handshakeTimeout = options.handshakeTimeout;
    this.owner = handler.constructor.name;
    this.logger = new Logger(this.owner);
    this.server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      autoPong: false,
      perMessageDeflate: false,
      maxPayload: options.maxPayload ?? DEFAULT_MAX_PAYLOAD,
    });
  }

  async authorize(request: UpgradeRequest, response: HandshakeResponse): Promise<unknown> {
    if (this.init.all.size >= this.init.maxConnections) {
      throw new MillraceError('UNAVAILABLE', 'The server has as many sockets as it may; try again later');
    }
    return this.init.handshake(request, response);
  }

  accept(request: UpgradeRequest, socket: Duplex, head: Buffer, state: unknown): void {
    this.server.handleUpgrade(request, socket, head, (ws) => {
      answerPings(ws);
      const { endpoint, security, all } = this.init;
      const connection = new SocketConnection({
        ws,
        socket,
        params: request.params,
        principal: principalOf(request),
        secure: security.isSecure(request),
        address: security.addressOf(request),
        state,
        logger: this.logger,
      });
      // A client's error (an oversized frame, bad UTF-8) closes its socket by itself; it must not flood the log.
      ws.on('error', (error) => this.logger.debug(error.message));
      endpoint.connections.add(connection);
      all.add(connection);
      ws.once('close', () => {
        endpoint.connections.delete(connection);
        all.delete(connection);
      });
      connection.run(() => endpoint.handler.handleConnection(connection));
    });
  }
}
