import { OnNotification, type SourceNotification } from '@millrace/connector';
import { StreamStore } from '@millrace/stream-store';
import { Injectable } from '@nestjs/common';

/** The stream that a source's notifications land in. Slash and plus mean something in paths of streams. */
function streamOf(source: string): string {
  return `source:${source.replace(/[/+%]/g, encodeURIComponent)}`;
}

/**
 * Puts what connectors send into streams, as JSON. A notification is acknowledged to its connector once it is stored; while
 * the store is away it is sent again.
 */
@Injectable()
export class SourceStreams {
  constructor(private readonly store: StreamStore) {}

  @OnNotification(/^/)
  async keep(object: unknown, { source }: SourceNotification): Promise<void> {
    await this.store.append(streamOf(source), [Buffer.from(JSON.stringify(object))]);
  }
}
