import { join } from 'node:path';
import { ConnectorHubModule, FileSourceStore, OnNotification, type SourceNotification } from '@millrace/connector';
import { StreamStore } from '@millrace/stream-store';
import { type DynamicModule, Injectable, Module } from '@nestjs/common';
import type { Settings } from '../config/settings.js';

/** The stream that a source's notifications land in. Slash and plus mean something in paths of streams. */
export function streamOf(source: string): string {
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

/** The hub for connectors; configuration documents are files in the data folder. */
@Module({})
export class SourcesModule {
  static create({ dataDirectory, demo }: Settings): DynamicModule {
    return {
      module: SourcesModule,
      imports: [
        ConnectorHubModule.forRoot({
          store: new FileSourceStore(join(dataDirectory, 'sources')),
          ...(demo ? { sources: { thermostat: { target: 20, interval: 1000 } } } : {}),
          isGlobal: true,
        }),
      ],
      providers: [SourceStreams],
    };
  }
}
