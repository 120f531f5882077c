import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { ImportOnce, MillraceCoreModule } from '@millrace/core/module';
import { OptionsError } from '@millrace/core/options';
import type { RpcClient } from '../index.js';
import {
  RPC_CLIENT_ASYNC_OPTIONS_TYPE,
  RPC_CLIENT_OPTIONS_TYPE,
  type RpcClientFeature,
  type RpcClientFeatureAsync,
  RpcClientModuleClass,
} from './rpc-client.options.js';
import { DEFAULT_RPC_CLIENT, getRpcToken } from './rpc-client.tokens.js';
import { RpcClients } from './rpc-clients.js';

/** Holds the clients of one feature module; the connections themselves live in the root module. */
@Module({})
class RpcClientFeatureModule {}

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
@ImportOnce({
  keys: clientNames,
  otherwise: 'Modules name the clients that they use by RpcClientModule.forFeature().',
})
@Module({ imports: [MillraceCoreModule], providers: [RpcClients], exports: [RpcClients] })
export class RpcClientModule extends RpcClientModuleClass {
  static override forRoot(options: typeof RPC_CLIENT_OPTIONS_TYPE): DynamicModule {
    const names = Object.keys(options.clients ?? {});
    if (options.uri !== undefined) names.push(DEFAULT_RPC_CLIENT);
    return withClients(super.forRoot(options), [...new Set(names)].map(featureOf));
  }

  /** As {@link forRoot}, the options made by a factory; as names are not known yet, modules ask for theirs by `forFeature`. */
  static override forRootAsync(options: typeof RPC_CLIENT_ASYNC_OPTIONS_TYPE): DynamicModule {
    return super.forRootAsync(options);
  }

  /** The clients a module uses: names of known ones, or definitions of new ones. */
  static forFeature(...clients: (string | RpcClientFeature)[]): DynamicModule {
    return RpcClientModule.forFeatureAsync(...clients.map(featureOf));
  }

  /** Clients whose settings are made by factories. */
  static forFeatureAsync(...clients: RpcClientFeatureAsync[]): DynamicModule {
    const imports = clients.flatMap((client) => client.imports ?? []);
    return withClients({ module: RpcClientFeatureModule, imports }, clients);
  }
}

/** The names that an import of `forRoot` provides; those of a factory are not known yet. */
function clientNames({ providers }: { providers: ReadonlyMap<unknown, unknown> }): string[] {
  const prefix = getRpcToken('');
  const tokens = [...providers.keys()].filter((token) => typeof token === 'string' && token.startsWith(prefix));
  return tokens.length > 0 ? tokens.map((token) => String(token).slice(prefix.length)) : [''];
}

function featureOf(client: string | RpcClientFeature): RpcClientFeatureAsync {
  const { name, ...settings } = typeof client === 'string' ? { name: client } : client;
  return { name, useFactory: () => settings };
}

function withClients(module: DynamicModule, clients: readonly RpcClientFeatureAsync[]): DynamicModule {
  const providers = clients.map(providerOf);
  return {
    ...module,
    providers: [...(module.providers ?? []), ...providers],
    exports: [...(module.exports ?? []), ...providers.map(({ provide }) => provide)],
  };
}

/** Provides one client: a known one by name, or a new one by its settings. */
function providerOf({ name, inject = [], useFactory }: RpcClientFeatureAsync): FactoryProvider<RpcClient> {
  return {
    provide: getRpcToken(name),
    // Optional, so that the message below can say more than Nest's.
    inject: [{ token: RpcClients, optional: true }, ...inject],
    useFactory: async (clients: RpcClients | undefined, ...injected: unknown[]) => {
      if (!clients)
        throw new OptionsError('RpcClientModule', 'forRoot', 'is missing; import RpcClientModule.forRoot({}) as well');
      const settings = await useFactory(...(injected as never[]));
      return Object.keys(settings).length > 0 ? clients.define(name, settings) : clients.get(name);
    },
  };
}
