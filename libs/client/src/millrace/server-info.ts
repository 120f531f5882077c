import { ProtocolError } from '../errors/protocol.error.js';

/** What a server says about itself (connection-profiles§5 #23). */
export interface ServerInfo {
  readonly majorVersion: number;
  readonly minorVersion: number;
  readonly build: string;
  readonly proxy: {
    /** Addresses at which the server is reached from outside. */
    readonly proxyEndpoints: readonly string[];
  };
}

/** Reads the answer of `GET /info`. @throws ProtocolError when it is something else */
export function readServerInfo(value: unknown): ServerInfo {
  const { majorVersion, minorVersion, build, proxy } = (value ?? {}) as Partial<ServerInfo>;
  const proxyEndpoints = proxy?.proxyEndpoints;
  if (
    typeof majorVersion !== 'number' ||
    typeof minorVersion !== 'number' ||
    typeof build !== 'string' ||
    !Array.isArray(proxyEndpoints) ||
    !proxyEndpoints.every((endpoint) => typeof endpoint === 'string')
  )
    throw new ProtocolError('The answer of GET /info is no server information');
  return { majorVersion, minorVersion, build, proxy: { proxyEndpoints } };
}
