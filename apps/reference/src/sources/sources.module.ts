import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { ConnectorHubModule, FileSourceStore } from '@millrace/connector';
import type { Settings } from '../config/settings.js';
import { SourceStreams } from './source-streams.js';

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
