import { type DynamicModule, Module } from '@nestjs/common';
import { MillraceCoreModule } from '@millrace/core';
import { type Settings, SETTINGS } from '../config/settings.js';
import { InfoAccess } from './info-access.js';
import { ServerInfoController } from './server-info.controller.js';
import { ServerInfo } from './server-info.js';

/** What the server says of itself, over HTTP and for gRPC. */
@Module({})
export class ServerInfoModule {
  static create(settings: Settings): DynamicModule {
    return {
      module: ServerInfoModule,
      imports: [MillraceCoreModule],
      controllers: [ServerInfoController],
      providers: [{ provide: SETTINGS, useValue: settings }, InfoAccess, ServerInfo],
      exports: [InfoAccess, ServerInfo],
    };
  }
}
