import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { MillraceCoreModule } from '@millrace/core/module';
import {
  RPC_CLIENT_ASYNC_OPTIONS_TYPE,
  RPC_CLIENT_OPTIONS_TYPE,
  type RpcClientFeature,
  type RpcClientFeatureAsync,
  RpcClientModuleClass,
} from './rpc-client.options.js';
import { featureProvider, RpcClientFeatureModule } from './rpc-client.feature.js';
import { DEFAULT_RPC_CLIENT, getRpcToken } from './rpc-client.tokens.js';
import { RpcClients } from './rpc-clients.js';

/**
 * Makes clients of JSON-RPC servers injectable by name. `forRoot` holds the connections and is global; `forFeature` names
 * the clients a module uses, or defines further ones. `MillraceHealthIndicator.check('rpc-client:renderer')` tells whether one reaches
 * its server.
 *
 * @example
 * ```ts
 * @Module({ imports: [RpcClientModule.forRoot({ clients: { renderer: { uri: 'localhost:5000' } } })] })
 * export class AppModule {}
 * ```
 * @publicApi
 */
@Module({ imports: [MillraceCoreModule], providers: [RpcClients], exports: [RpcClients] })
export class RpcClientModule extends RpcClientModuleClass {
  static override forRoot(options: typeof RPC_CLIENT_OPTIONS_TYPE): DynamicModule {
    const names = Object.keys(options.clients ?? {});
    if (options.uri !== undefined) names.push(DEFAULT_RPC_CLIENT);
    return withClients(super.forRoot(options), [...new Set(names)].map(named));
  }

  /** As {@link forRoot}, the options made by a factory; as names are not known yet, modules ask for theirs by `forFeature`. */
  static override forRootAsync(options: typeof RPC_CLIENT_ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /** The clients a module uses: names of known ones, or definitions of new ones. */
  static forFeature(...clients: (string | RpcClientFeature)[]): DynamicModule {
    const providers = clients.map((client) => featureProvider(typeof client === 'string' ? { name: client } : client));
    return withClients({ module: RpcClientFeatureModule }, providers);
  }

  /** Clients whose settings are made by factories. */
  static forFeatureAsync(...clients: RpcClientFeatureAsync[]): DynamicModule {
    const imports = clients.flatMap((client) => client.imports ?? []);
    return withClients({ module: RpcClientFeatureModule, imports }, clients.map(featureProvider));
  }
}

function named(name: string): Provider & { provide: string } {
  return { provide: getRpcToken(name), inject: [RpcClients], useFactory: (clients: RpcClients) => clients.get(name) };
}

function withClients(module: DynamicModule, clients: (Provider & { provide: string })[]): DynamicModule {
  return {
    ...module,
    providers: [...(module.providers ?? []), ...clients],
    exports: [...(module.exports ?? []), ...clients.map(({ provide }) => provide)],
  };
}
