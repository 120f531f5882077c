/** How the server is found: the options that every command has. */
export interface ServerOptions {
  readonly endpoint?: string;
  /** What messages call it. @default '--endpoint' */
  readonly endpointName?: string;
  readonly profile?: string;
  readonly tls?: boolean;
  readonly caBundle?: string;
  readonly tokenFile?: string;
  readonly apiKeyFile?: string;
  /** Milliseconds. */
  readonly timeout: number;
}
