import { ConfigurableModuleBuilder } from '@nestjs/common';
import { REST_CONTROLLERS } from './http/rest-controllers.js';
import type { StreamStoreOptions } from './stream-store.options.js';

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
    controllers: rest ? [...REST_CONTROLLERS] : [],
  }))
  .build();
