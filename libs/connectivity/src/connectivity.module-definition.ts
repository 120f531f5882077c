import { ConfigurableModuleBuilder, type DynamicModule } from '@nestjs/common';
import { CONNECTIVITY_PATHS } from './connectivity.constants.js';
import type { ConnectivityOptions } from './connectivity.options.js';
import { type ConnectivityPaths, normalizePrefix } from './http/connectivity.paths.js';
import { controllersFor } from './http/controllers.js';

export type ConnectivityExtras = ConnectivityPaths & {
  /** Make the providers known to every module of the application. @default false */
  isGlobal?: boolean;
};

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<ConnectivityOptions>()
  .setClassMethodName('forRoot')
  .setExtras<ConnectivityExtras>(
    { isGlobal: false, prefix: '', frontPage: true },
    (definition, extras): DynamicModule => {
      const prefix = normalizePrefix(extras.prefix ?? '');
      return {
        ...definition,
        global: extras.isGlobal ?? false,
        controllers: controllersFor(prefix, extras.frontPage ?? true),
        providers: [...(definition.providers ?? []), { provide: CONNECTIVITY_PATHS, useValue: { prefix } }],
      };
    },
  )
  .build();
