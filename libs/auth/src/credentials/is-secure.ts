import { rawRequestOf } from '@millrace/core';

/**
 * Whether a request or handshake came by TLS. Behind a proxy the framework decides by `X-Forwarded-Proto`, if the host
 * has told it to trust that proxy.
 */
export function isSecure(request: object): boolean {
  const { protocol } = request as { protocol?: unknown };
  if (protocol === 'https') return true;
  const { socket } = rawRequestOf(request) as { socket?: { encrypted?: boolean } };
  return socket?.encrypted === true;
}
