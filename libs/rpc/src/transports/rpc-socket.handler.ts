import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  AccessArea,
  type SocketConnection,
  type SocketHandler,
  SocketRegistry,
  type UpgradeRequest,
} from '@millrace/core';
import { RpcEngine } from '../engine/rpc-engine.js';
import type { RpcSession } from '../engine/rpc-session.js';
import { RPC_AREA } from '../rpc.constants.js';
import { RPC_SETTINGS } from '../rpc.module-definition.js';
import type { RpcSettings } from '../rpc.options.js';
import { rpcSocketDocs } from './rpc-socket.docs.js';
import { SocketPeer } from './socket-peer.js';

/** JSON-RPC over WebSocket: text frames, and binary frames of section 6. */
@AccessArea(RPC_AREA)
@Injectable()
export class RpcSocketHandler implements SocketHandler<void>, OnModuleInit {
  private readonly sessions = new WeakMap<SocketConnection<void>, RpcSession>();

  constructor(
    private readonly engine: RpcEngine,
    private readonly registry: SocketRegistry,
    @Inject(RPC_SETTINGS) private readonly settings: RpcSettings,
  ) {}

  onModuleInit(): void {
    const { paths, maxMessageBytes } = this.settings;
    if (paths.length > 0) this.registry.add(this, { path: paths, maxPayload: maxMessageBytes, docs: rpcSocketDocs() });
  }

  handshake(_request: UpgradeRequest): void {}

  handleConnection(connection: SocketConnection<void>): void {
    const peer = new SocketPeer(connection, this.settings);
    const session = this.engine.open(peer);
    this.sessions.set(connection, session);
    connection.onMessage((data, isBinary) => {
      if (isBinary) session.receiveBinary(data, peer);
      else session.receiveText(data.toString(), peer);
    });
    connection.onClose(() => session.close());
  }

  async drain(connection: SocketConnection<void>): Promise<void> {
    await this.sessions.get(connection)?.drain();
  }
}
