import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { RpcModuleOptions } from './rpc.options.js';

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } =
  new ConfigurableModuleBuilder<RpcModuleOptions>()
    .setClassMethodName('forRoot')
    .setExtras({ isGlobal: false }, (definition, { isGlobal }) => ({ ...definition, global: isGlobal }))
    .build();

/** Token of the validated settings. */
export const RPC_SETTINGS = Symbol('RPC_SETTINGS');
