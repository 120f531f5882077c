import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { ConnectorOptions } from './connector.options.js';
import { DEFAULT_SERVER } from './api/connector.tokens.js';

/** What is fixed when the module is imported, also by `forRootAsync`. */
export interface ConnectorModuleExtras {
  /** Name of the server, where an application has several. @default 'default' */
  name?: string;
  /** Sources that `@InjectSource` gives; needed by `forRootAsync` only, `forRoot` knows its `sources`. */
  injectSources?: readonly string[];
  /** Whether `@InjectSource` works in every module. @default true */
  isGlobal?: boolean;
}

const EXTRAS: ConnectorModuleExtras = { name: DEFAULT_SERVER, injectSources: [], isGlobal: true };

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<ConnectorOptions>()
    .setClassMethodName('forRoot')
    .setExtras(EXTRAS, (definition, extras) => ({ ...definition, global: extras.isGlobal ?? true }))
    .build();
