import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  AccessArea,
  MillraceError,
  type SocketConnection,
  type SocketHandler,
  SocketRegistry,
  type UpgradeRequest,
} from '@millrace/core';
import { StreamStatistics } from '../api/stream-statistics.js';
import { StreamStore } from '../api/stream-store.js';
import { STREAM_STORE_SETTINGS, STREAMS_AREA } from '../stream-store.constants.js';
import type { StreamStoreSettings } from '../stream-store.options.js';
import { PUSH_DOCS } from './push.docs.js';
import { type PushOptions, readPushOptions } from './push-options.js';
import { PushSession } from '../engine/push/push-session.js';

/** The socket `/data/{id}/push` (stream-store§6). */
@AccessArea(STREAMS_AREA)
@Injectable()
export class PushEndpoint implements SocketHandler<PushOptions>, OnModuleInit {
  private readonly sessions = new WeakMap<SocketConnection<PushOptions>, PushSession>();

  constructor(
    private readonly store: StreamStore,
    private readonly statistics: StreamStatistics,
    private readonly registry: SocketRegistry,
    @Inject(STREAM_STORE_SETTINGS) private readonly settings: StreamStoreSettings,
  ) {}

  onModuleInit(): void {
    if (!this.settings.sockets) return;
    const { maxMessageBytes } = this.settings.limits;
    this.registry.add(this, { path: '/data/:stream_id/push', maxPayload: maxMessageBytes, docs: PUSH_DOCS });
  }

  handshake(request: UpgradeRequest): PushOptions {
    return readPushOptions(request, this.settings.limits);
  }

  handleConnection(connection: SocketConnection<PushOptions>): void {
    const { streams, batch } = connection.state;
    if (streams && streams.length > 1 && !batch) {
      throw new MillraceError('BAD_REQUEST', 'A push to joined streams needs batch=true');
    }
    const session = new PushSession(connection, this.store, this.settings.limits, this.statistics);
    this.sessions.set(connection, session);
    this.statistics.pushers += 1;
    connection.onMessage((data, isBinary) => session.receive(data, isBinary));
    connection.onClose(() => (this.statistics.pushers -= 1));
  }

  async drain(connection: SocketConnection<PushOptions>): Promise<void> {
    await this.sessions.get(connection)?.drain();
  }
}
