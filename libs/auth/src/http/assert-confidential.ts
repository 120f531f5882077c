import { BlockList, isIP } from 'node:net';
import { MillraceError } from '@millrace/core/errors';
import { rawRequestOf } from '@millrace/core/http';
import type { ConnectionSecurity } from '@millrace/core/security';

/** What a proxy adds, and who asks directly does not. */
const FORWARDED = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip'] as const;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Throws 403 where a secret in the answer could be read on its way: it may leave by TLS, or stay on the machine.
 */
export function assertConfidential(request: object, security: ConnectionSecurity): void {
  if (security.isSecure(request) || isLocal(request)) return;
  throw new MillraceError(
    'FORBIDDEN',
    'A new key is shown on TLS connections only, or on the machine itself; use https, or the command millrace keys',
  );
}

function isLocal(request: object): boolean {
  const { socket, headers } = rawRequestOf(request);
  const { remoteAddress = '' } = socket;
  const family = isIP(remoteAddress);
  if (family === 0 || FORWARDED.some((name) => headers[name] !== undefined)) return false;
  return LOOPBACK.check(remoteAddress, family === 4 ? 'ipv4' : 'ipv6');
}
