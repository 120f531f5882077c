import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { UpgradeRequest } from '@millrace/core/http';
import { AccessArea } from '@millrace/core/security';
import { type SocketConnection, type SocketHandler, SocketRegistry } from '@millrace/core/sockets';
import { RpcEngine } from '../engine/rpc-engine.js';
import type { RpcSession } from '../engine/rpc-engine.interface.js';
import { RPC_AREA } from '../rpc.constants.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';
import { ClientPlaces } from './client-places.js';
import { rpcSocketDocs } from './rpc-socket.docs.js';
import { SocketPeer } from './socket-peer.js';

/** How long one client too many is left waiting, in milliseconds. The reference client gives up after 10 s. */
const PATIENCE = 60_000;

/** JSON-RPC over WebSocket: text frames, and binary frames of rpc§6. */
@AccessArea(RPC_AREA)
@Injectable()
export class RpcSocketHandler implements SocketHandler<void>, OnModuleInit {
  private readonly sessions = new WeakMap<SocketConnection<void>, { session: RpcSession; peer: SocketPeer }>();
  private readonly places: ClientPlaces | undefined;

  constructor(
    private readonly engine: RpcEngine,
    private readonly registry: SocketRegistry,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
  ) {
    this.places = settings.maxClients === undefined ? undefined : new ClientPlaces(settings.maxClients);
  }

  onModuleInit(): void {
    const { paths, maxMessageBytes, ignoreGlobalPrefix } = this.settings;
    if (paths.length === 0) return;
    const patience = this.places && { handshakeTimeout: PATIENCE };
    this.registry.add(this, {
      path: paths,
      maxPayload: maxMessageBytes,
      docs: rpcSocketDocs(),
      ignoreGlobalPrefix,
      ...patience,
    });
  }

  async handshake(request: UpgradeRequest): Promise<void> {
    await this.places?.acquire(request.socket);
  }

  handleConnection(connection: SocketConnection<void>): void {
    const peer = new SocketPeer(connection, this.settings);
    const session = this.engine.open(peer);
    this.sessions.set(connection, { session, peer });
    connection.onMessage((data, isBinary) => {
      if (isBinary) session.receiveBinary(data, peer);
      else session.receiveText(data.toString(), peer);
    });
    connection.onClose(() => session.close());
  }

  async drain(connection: SocketConnection<void>, deadline: AbortSignal): Promise<void> {
    const known = this.sessions.get(connection);
    await known?.session.drain(deadline);
    known?.peer.close();
  }
}
