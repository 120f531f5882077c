import { ConfigurableModuleBuilder, type FactoryProvider, type ModuleMetadata } from '@nestjs/common';
import type { ClientLogLevel, RpcConnectorOptions } from '../index.js';

/** How one named client reaches its server. */
export interface RpcClientConnection extends RpcConnectorOptions {
  /** `start`: connect before the application is up, and fail its start when that fails; `lazy`: at the first call. @default 'lazy' */
  connect?: 'lazy' | 'start';
  /** Lowest level given to Nest's logger when no `logger` is set; `log` is INFO. @default 'warn' */
  logLevel?: ClientLogLevel;
}

/** Options of {@link RpcClientModule}. What stands beside `clients` holds for every client that says nothing else. */
export interface RpcClientModuleOptions extends Partial<RpcClientConnection> {
  /** Clients by name. With a `uri` beside it there is one named `default` as well. */
  clients?: Readonly<Record<string, Partial<RpcClientConnection>>>;
}

/** A client defined in a feature module. */
export interface RpcClientFeature extends Partial<RpcClientConnection> {
  name: string;
}

/** The same, its settings made by a factory. */
export interface RpcClientFeatureAsync extends Pick<ModuleMetadata, 'imports'> {
  name: string;
  inject?: NonNullable<FactoryProvider['inject']>;
  useFactory: (...dependencies: never[]) => Partial<RpcClientConnection> | Promise<Partial<RpcClientConnection>>;
}

export const {
  ConfigurableModuleClass: RpcClientModuleClass,
  MODULE_OPTIONS_TOKEN: RPC_CLIENT_OPTIONS,
  OPTIONS_TYPE: RPC_CLIENT_OPTIONS_TYPE,
  ASYNC_OPTIONS_TYPE: RPC_CLIENT_ASYNC_OPTIONS_TYPE,
} = new ConfigurableModuleBuilder<RpcClientModuleOptions>({ moduleName: 'RpcClient' })
  .setClassMethodName('forRoot')
  .setExtras({ isGlobal: true }, (definition, extras) => ({ ...definition, global: extras.isGlobal }))
  .build();
