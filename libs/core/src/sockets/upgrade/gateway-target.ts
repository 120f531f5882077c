import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { principalOf, setPrincipal } from '../../security/principal.js';
import type { Handshake } from './handshake-guards.js';
import type { HandshakeResponse } from './handshake-response.js';
import { setHandshakeRequest, type UpgradeRequest } from '../../http/upgrade-request.js';
import type { UpgradeTarget } from './upgrade-router.js';

/** Hands the sockets of one `@WebSocketGateway` of the host to the server that Nest made for it. */
export class GatewayTarget implements UpgradeTarget {
  constructor(
    readonly server: WebSocketServer,
    readonly owner: string,
    private readonly handshake: () => Handshake | undefined,
  ) {}

  async authorize(request: UpgradeRequest, response: HandshakeResponse): Promise<unknown> {
    return this.handshake()?.(request, response);
  }

  accept(request: UpgradeRequest, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (ws) => {
      setHandshakeRequest(ws, request);
      const principal = principalOf(request);
      if (principal) setPrincipal(ws, principal);
      this.server.emit('connection', ws, request);
    });
  }
}
