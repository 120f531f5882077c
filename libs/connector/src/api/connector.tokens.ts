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
