import { Inject } from '@nestjs/common';

/** Name of the server where an application has only one. */
export const DEFAULT_SERVER = 'default';

/** Injection token of the {@link ConnectorSet} of a server; the name is the one given to `forRoot`. */
export function getConnectorSetToken(server = DEFAULT_SERVER): string {
  return `millrace:connector-set:${server}`;
}

/** Injection token of the {@link SourceConnection} of a source. */
export function getSourceToken(source: string, server = DEFAULT_SERVER): string {
  return `millrace:source:${server}:${source}`;
}

/**
 * Injects the {@link SourceConnection} of a source. The source is one of `ConnectorModule`'s `sources`, or registered by
 * `ConnectorModule.forFeature`.
 *
 * @param server name of the server, where an application has several
 */
export const InjectSource = (source: string, server?: string): ParameterDecorator & PropertyDecorator =>
  Inject(getSourceToken(source, server));

/** Injects the {@link ConnectorSet} of a server. */
export const InjectConnectorSet = (server?: string): ParameterDecorator & PropertyDecorator =>
  Inject(getConnectorSetToken(server));
