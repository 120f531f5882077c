import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ImportedOnce, ImportOnce, MillraceCoreModule } from '@millrace/core/module';
import { CONNECTOR_SERVER, ConnectorLifecycle } from './client/connector-lifecycle.js';
import type { ConnectorOptions } from './connector.options.js';
import { ConnectorOperations } from './client/connector-operations.js';
import { ConnectorSet } from './api/connector-set.js';
import { DEFAULT_SERVER, getConnectorSetToken, getSourceToken } from './api/connector.tokens.js';
import { SourceExplorer } from './client/handlers/source-explorer.js';
import {
  type ASYNC_OPTIONS_TYPE,
  ConfigurableModuleClass,
  MODULE_OPTIONS_TOKEN,
  type OPTIONS_TYPE,
} from './connector.module-definition.js';
import { readServerConfig } from './config/server-config.js';
import { ConnectorConfigError } from './errors/connector.error.js';
import type { SourceConnection } from './api/source-connection.js';

/**
 * The client side: one connection for each source to a server, kept up, with the handlers of `@SourceHandler` classes.
 * Import it once for each server.
 *
 * @example
 * ```ts
 * @Module({ imports: [ConnectorModule.forRoot({ targetServer: 'https://hub.example.org', sources: ['thermostat'] })] })
 * export class AppModule {}
 * ```
 * @publicApi
 */
@ImportOnce({
  keys: ({ providers }) => [providers.get(CONNECTOR_SERVER)?.instance],
  otherwise: 'An import for another server gets a name of its own by the option name.',
})
@Module({})
export class ConnectorModule extends ConfigurableModuleClass {
  /** Without `targetServer` the options come from `serverConfig/server.config` and the environment. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return wire(super.forRoot(options), options.name, [...knownSources(options), ...(options.injectSources ?? [])]);
  }

  static override forRootAsync(options: typeof ASYNC_OPTIONS_TYPE): DynamicModule {
    return wire(super.forRootAsync(options), options.name, options.injectSources ?? []);
  }

  /** Makes sources injectable by `@InjectSource` in one module, where `forRoot` cannot know their names. */
  static forFeature(sources: readonly string[], server = DEFAULT_SERVER): DynamicModule {
    return {
      module: ConnectorFeatureModule,
      providers: sourceProviders(sources, server),
      exports: sources.map((source) => getSourceToken(source, server)),
    };
  }
}

/** Holds what `ConnectorModule.forFeature` provides. */
@Module({})
export class ConnectorFeatureModule {}

function wire(definition: DynamicModule, server = DEFAULT_SERVER, sources: readonly string[]): DynamicModule {
  const token = getConnectorSetToken(server);
  return {
    ...definition,
    imports: [...(definition.imports ?? []), MillraceCoreModule],
    providers: [
      ...(definition.providers ?? []),
      { provide: CONNECTOR_SERVER, useValue: server },
      {
        provide: token,
        inject: [MODULE_OPTIONS_TOKEN, ImportedOnce],
        useFactory: (options: ConnectorOptions): Promise<ConnectorSet> => ConnectorSet.create(options),
      },
      { provide: ConnectorSet, useExisting: token },
      SourceExplorer,
      ConnectorLifecycle,
      ConnectorOperations,
      ...sourceProviders(sources, server),
    ],
    exports: [
      token,
      // By class only where it is unambiguous.
      ...(server === DEFAULT_SERVER ? [ConnectorSet] : []),
      ...new Set(sources.map((source) => getSourceToken(source, server))),
    ],
  };
}

/** Providers that give the connections of sources by their tokens. */
function sourceProviders(sources: readonly string[], server: string): Provider[] {
  return [...new Set(sources)].map((source) => ({
    provide: getSourceToken(source, server),
    inject: [getConnectorSetToken(server)],
    useFactory: (set: ConnectorSet): SourceConnection => {
      const connection = set.connection(source);
      if (connection) return connection;
      throw new ConnectorConfigError(
        `Source "${source}" cannot be injected: it is not among the sources of the server "${server}" (${set.sources().join(', ')}); add it to the option sources`,
        'sources',
      );
    },
  }));
}

/** Names known when the module is imported. A faulty file is reported later, when the set is made. */
function knownSources(options: ConnectorOptions): readonly string[] {
  if (options.sources) return options.sources;
  if (options.targetServer !== undefined) return [];
  try {
    return readServerConfig({ directory: options.directory }).sources;
  } catch {
    return [];
  }
}
