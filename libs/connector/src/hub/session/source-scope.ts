import { hasScope, type Principal } from '@millrace/core/security';

/** The refusal of a credential that may not serve a source. */
export const MAY_NOT_SERVE = 'The credential does not allow to serve this source';

/** Whether a client may serve a source. Where everybody is let in there is no principal. */
export function mayServe(principal: Principal | undefined, source: string): boolean {
  return !principal || hasScope(principal.scopes, `sources:connect:${source}`);
}
