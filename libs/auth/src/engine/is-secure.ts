import type { ConnectionSecurity } from '@millrace/core/security';

/**
 * Whether a cookie that is set now gets `Secure`: the request came by TLS, as we see it or as the framework does, where the host
 * has told it to trust its proxy.
 */
export function isSecure(request: object, security: ConnectionSecurity): boolean {
  return (request as { protocol?: unknown }).protocol === 'https' || security.isSecure(request);
}
