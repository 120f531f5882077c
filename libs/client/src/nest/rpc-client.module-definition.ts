import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RpcClientModuleOptions } from './rpc-client.options.js';

export const {
  ConfigurableModuleClass: RpcClientModuleClass,
  MODULE_OPTIONS_TOKEN: RPC_CLIENT_OPTIONS,
  OPTIONS_TYPE: RPC_CLIENT_OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE: RPC_CLIENT_ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<RpcClientModuleOptions>({ moduleName: 'RpcClient' })
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, extras) => ({ ...definition, global: extras.isGlobal }))
  .build();
