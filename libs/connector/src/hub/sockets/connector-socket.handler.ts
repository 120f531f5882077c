import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { Public } from '@millrace/core/security';
import { type SocketConnection, type SocketHandler, SocketRegistry } from '@millrace/core/sockets';
import { ConnectorHub } from '../../api/connector-hub.js';
import { HUB_SETTINGS, type HubSettings } from '../../connector-hub.options.js';
import { hubSocketDocs } from './hub-socket-docs.js';
import type { HubSession } from '../session/hub-session.js';
import type { ConnectorPeer } from '../session/session-control.js';

/** How long a shutdown waits for notifications under way and for the peer's close, in milliseconds. */
const DRAIN = 2000;

/**
 * The sockets of connectors, at `/api/v<digits>/wsock/websocket`. The handshake is open to everybody: the first message
 * authenticates.
 */
@Public()
@Injectable()
export class ConnectorSocketHandler implements SocketHandler<ConnectorPeer>, OnModuleInit {
  private readonly sessions = new WeakMap<SocketConnection<ConnectorPeer>, HubSession>();

  constructor(
    private readonly hub: ConnectorHub,
    private readonly registry: SocketRegistry,
    @Inject(HUB_SETTINGS) private readonly settings: HubSettings,
  ) {}

  onModuleInit(): void {
    if (!this.settings.sockets) return;
    this.registry.add(this, {
      path: '/api/:version/wsock/websocket',
      maxPayload: this.settings.maxPayload,
      docs: hubSocketDocs,
      ignoreGlobalPrefix: this.settings.ignoreGlobalPrefix,
    });
  }

  handshake(request: UpgradeRequest): ConnectorPeer {
    if (!/^v\d+$/.test(request.params['version'] ?? '')) throw new MillraceError('NOT_FOUND', 'Not Found');
    return { ignoresClose: /^okhttp\//i.test(request.headers['user-agent'] ?? '') };
  }

  handleConnection(connection: SocketConnection<ConnectorPeer>): void {
    this.sessions.set(connection, this.hub.accept(connection));
  }

  /** Acknowledges what is under way, then closes with 1012: existing connectors come back without a pause after 1001. */
  async drain(connection: SocketConnection<ConnectorPeer>): Promise<void> {
    const session = this.sessions.get(connection);
    const end = Date.now() + DRAIN;
    while (session?.isBusy && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    if (connection.ws.readyState === connection.ws.CLOSED) return;
    const closed = new Promise<void>((resolve) => connection.onClose(() => resolve()));
    (session ?? connection).close(1012, 'The hub is shutting down');
    const timer = setTimeout(() => connection.ws.terminate(), DRAIN);
    await closed;
    clearTimeout(timer);
  }
}
