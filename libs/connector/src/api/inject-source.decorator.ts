import { Inject } from '@nestjs/common';
import { getConnectorSetToken, getSourceToken } from './connector.tokens.js';

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
