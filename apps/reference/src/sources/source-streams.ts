import { OnNotification, type SourceNotification } from '@millrace/connector';
import { StreamStore } from '@millrace/stream-store';
import { Injectable } from '@nestjs/common';

/**
 * Puts what connectors send into streams, as JSON. A notification is acknowledged to its connector once it is stored; while
 * the store is away it is sent again.
 */
@Injectable()
export class SourceStreams {
  constructor(private readonly store: StreamStore) {}

  @OnNotification(/^/)
  async keep(object: unknown, { source }: SourceNotification): Promise<void> {
    // Slash and plus mean something in paths of streams.
    const stream = `source:${source.replace(/[/+%]/g, encodeURIComponent)}`;
    await this.store.append(stream, [Buffer.from(JSON.stringify(object))]);
  }
}
