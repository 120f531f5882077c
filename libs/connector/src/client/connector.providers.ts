import type { Provider } from '@nestjs/common';
import { readServerConfig } from '../config/server-config.js';
import { ConnectorConfigError } from '../errors/connector-config.error.js';
import type { ConnectorOptions } from '../connector.options.js';
import type { ConnectorSet } from '../api/connector-set.js';
import { getConnectorSetToken, getSourceToken } from '../api/connector.tokens.js';
import type { SourceConnection } from '../api/source-connection.js';

/** Providers that give the connections of sources by their tokens. */
export function sourceProviders(sources: readonly string[], server: string): Provider[] {
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
export function knownSources(options: ConnectorOptions): readonly string[] {
  if (options.sources) return options.sources;
  if (options.targetServer !== undefined) return [];
  try {
    return readServerConfig({ directory: options.directory }).sources;
  } catch {
    return [];
  }
}
