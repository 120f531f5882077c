import { type Principal, principalOf } from '@millrace/core/security';
import { notAuthenticated } from '../engine/auth.errors.js';

/**
 * Whose request it is, for routes that are never open: where a host has taken the guard away, the caller is not known.
 *
 * @throws MillraceError `UNAUTHENTICATED`
 */
export function callerOf(request: object): Principal {
  const principal = principalOf(request);
  if (!principal) throw notAuthenticated();
  return principal;
}
