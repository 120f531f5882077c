import { type DynamicModule, Module } from '@nestjs/common';
import { type Settings, SETTINGS } from '../config/settings.js';
import { ServerInfoModule } from '../server-info/server-info.module.js';
import { Listeners } from './listeners.js';

/** The ports beside the application's own, with TLS and plain. */
@Module({})
export class ListenersModule {
  static create(settings: Settings): DynamicModule {
    return {
      module: ListenersModule,
      imports: [ServerInfoModule.create(settings)],
      providers: [{ provide: SETTINGS, useValue: settings }, Listeners],
    };
  }
}
