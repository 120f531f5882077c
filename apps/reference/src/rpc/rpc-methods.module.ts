import { type DynamicModule, Module } from '@nestjs/common';
import { RpcModule } from '@millrace/rpc';
import type { Settings } from '../config/settings.js';
import { PlaygroundMethods } from './playground.methods.js';
import { RenderMethods } from './render.methods.js';
import { StreamStatisticsMethods } from './stream-statistics.methods.js';

/** JSON-RPC on `/` and `/rpc`, with the methods of this application. */
@Module({})
export class RpcMethodsModule {
  static create({ publicAreas, demo, revision }: Settings): DynamicModule {
    return {
      module: RpcMethodsModule,
      imports: [
        RpcModule.forRoot({
          isGlobal: true,
          paths: ['/', '/rpc'],
          public: publicAreas.includes('rpc'),
          version: { major: 0, minor: 1, patch: 0, revision },
          info: { title: 'Millrace', version: '0.1.0', description: 'The methods of this server.' },
        }),
      ],
      providers: [RenderMethods, StreamStatisticsMethods, ...(demo ? [PlaygroundMethods] : [])],
    };
  }
}
