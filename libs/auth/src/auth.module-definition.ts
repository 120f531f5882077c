import { ConfigurableModuleBuilder } from '@nestjs/common';
import { ApiKeysController } from './http/api-keys.controller.js';
import { RevocationsController } from './http/revocations.controller.js';
import { UsersController } from './http/users.controller.js';
import type { AuthOptions } from './auth.options.js';

export const {
  ConfigurableModuleClass: AuthModuleBase,
  MODULE_OPTIONS_TOKEN: AUTH_MODULE_OPTIONS,
  OPTIONS_TYPE: AUTH_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<AuthOptions>()
  .setClassMethodName('forRoot')
  .setExtras(
    { isGlobal: true, keyRoutes: true, revocationRoutes: true, userRoutes: true },
    (definition, { isGlobal, keyRoutes, revocationRoutes, userRoutes }) => ({
      ...definition,
      global: isGlobal,
      controllers: [
        ...(keyRoutes ? [ApiKeysController] : []),
        ...(revocationRoutes ? [RevocationsController] : []),
        ...(userRoutes ? [UsersController] : []),
      ],
    }),
  )
  .build();
