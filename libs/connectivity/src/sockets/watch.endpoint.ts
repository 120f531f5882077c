import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { MillraceError } from '@millrace/core/errors';
import type { UpgradeRequest } from '@millrace/core/http';
import { AccessArea } from '@millrace/core/security';
import type { SocketConnection, SocketHandler } from '@millrace/core/sockets';
import { FlowGate, SocketRegistry, textFragment } from '@millrace/core/sockets';
import type { ConnectivitySettings } from '../connectivity.options.js';
import { CONNECTIVITY_AREA, CONNECTIVITY_PATHS, CONNECTIVITY_SETTINGS } from '../connectivity.options.js';
import { watchSocketDocs } from './watch-socket-docs.js';
import { ConnectivityAccess } from '../http/access.js';
import { checkPartition } from '../http/members.js';
import { WatchHub } from '../engine/watch/watch-hub.js';
import { readWatchQuery, type WatchQuery } from '../engine/watch/watch-query.js';

interface WatchState {
  readonly partition: string;
  readonly query: WatchQuery;
}

/** The watch as a WebSocket at `/connections/:partition/watch`; each event is one text frame of JSON. */
@AccessArea(CONNECTIVITY_AREA)
@Injectable()
export class WatchEndpoint implements SocketHandler<WatchState>, OnModuleInit {
  constructor(
    private readonly sockets: SocketRegistry,
    private readonly hub: WatchHub,
    private readonly access: ConnectivityAccess,
    @Inject(CONNECTIVITY_SETTINGS) private readonly settings: ConnectivitySettings,
    @Inject(CONNECTIVITY_PATHS) private readonly paths: { readonly prefix: string },
  ) {}

  onModuleInit(): void {
    if (!this.settings.sockets) return;
    this.sockets.add(this, {
      path: `${this.paths.prefix}/connections/:partition/watch`,
      // Watchers have nothing to say.
      maxPayload: 1024,
      docs: watchSocketDocs(),
      ignoreGlobalPrefix: this.settings.ignoreGlobalPrefix,
    });
  }

  handshake(request: UpgradeRequest): WatchState {
    const partition = checkPartition(request.params['partition'] ?? '');
    this.access.assert(request, 'read', partition);
    return { partition, query: readWatchQuery(request.query, this.settings.limits) };
  }

  async handleConnection(connection: SocketConnection<WatchState>): Promise<void> {
    const gone = new AbortController();
    connection.onClose(() => gone.abort());
    const { partition, query } = connection.state;
    // The next piece goes out when the last one has left.
    const gate = new FlowGate(connection, { maxBufferedBytes: 0 });
    await this.hub.feed(partition, query, {
      signal: gone.signal,
      write: (_event, { text, isFirst, isLast }) => {
        connection.writeFrames(textFragment(text, isFirst, isLast));
        return gate.room();
      },
    });
    // Ended with the application.
    connection.fail(new MillraceError('GOING_AWAY', 'The server is shutting down'));
  }
}
