/** What a server says about itself: the answer of `GET /info` (connection-profiles§5). */
export interface ServerInfo {
  readonly majorVersion: number;
  readonly minorVersion: number;
  readonly build: string;
  readonly proxy: {
    /** Addresses at which the server is reached from outside. */
    readonly proxyEndpoints: readonly string[];
  };
}
