import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { Public } from '@millrace/core/security';
import { Shutdown } from '@millrace/core/shutdown';
import { type SocketConnection, type SocketHandler, SocketRegistry } from '@millrace/core/sockets';
import { pause } from '@millrace/protocol';
import { CONNECTORS } from '../../client/connector-lifecycle.js';
import { ConnectorHub } from '../../api/connector-hub.js';
import { HUB_SETTINGS, type HubSettings } from '../../connector-hub.options.js';
import { hubSocketDocs } from './hub-socket-docs.js';
import type { HubSession } from '../session/hub-session.js';
import type { ConnectorPeer } from '../session/session-control.js';

/** Pause between looks whether notifications or queries are under way at a shutdown, in milliseconds. */
const POLL = 10;

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
    private readonly shutdown: Shutdown,
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

  /**
   * Acknowledges notifications and waits for answers of queries that are under way, then closes with 1012: existing connectors come back without a pause after 1001.
   * Connectors of this application may have something to deliver.
   */
  async drain(connection: SocketConnection<ConnectorPeer>, deadline: AbortSignal): Promise<void> {
    if (connection.isLocal) await this.shutdown.whenEnded(CONNECTORS);
    const session = this.sessions.get(connection);
    session?.leave();
    while (session?.isBusy && !deadline.aborted) await pause(POLL, deadline);
    (session ?? connection).close(1012, 'The hub is shutting down');
  }
}
