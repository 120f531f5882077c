import type { ServerInfo } from '@millrace/protocol';
import { ProtocolError } from '../errors/protocol.error.js';

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
    throw new ProtocolError('The answer of GET /info is not the information of a server');
  return { majorVersion, minorVersion, build, proxy: { proxyEndpoints } };
}
