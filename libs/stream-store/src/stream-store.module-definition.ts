import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { StreamStoreOptions } from './stream-store.options.js';
import { DataController } from './http/data.controller.js';
import { GroupsController } from './http/groups.controller.js';
import { MjpegController } from './http/mjpeg.controller.js';
import { PingController } from './http/ping.controller.js';
import { StreamsController } from './http/streams.controller.js';

/** What decides on the module's shape, so it is given beside the options, also with `forRootAsync`. */
export interface StreamStoreExtras {
  /** Make `StreamStore` injectable everywhere. @default false */
  isGlobal?: boolean;
  /** Serve the REST endpoints. @default true */
  rest?: boolean;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<StreamStoreOptions>()
  .setClassMethodName('forRoot')
  .setExtras<StreamStoreExtras>({ isGlobal: false, rest: true }, (definition, { isGlobal, rest }) => ({
    ...definition,
    global: isGlobal,
    controllers: rest ? [StreamsController, GroupsController, DataController, MjpegController, PingController] : [],
  }))
  .build();
