import { isObservable, lastValueFrom } from 'rxjs';
import type { EnhancedCalls } from '../../enhancers/enhanced-calls.js';
import { MillraceError } from '../../errors/millrace.error.js';
import type { UpgradeRequest } from '../../http/upgrade-request.js';
import type { HandshakeResponse } from './handshake-response.js';

/** A class with a `handshake` method: one of our endpoints, or a gateway of the host. */
export interface HandshakeOwner {
  handshake(request: UpgradeRequest, response?: HandshakeResponse): unknown;
}

export type Handshake = (request: UpgradeRequest, response: HandshakeResponse) => Promise<unknown>;

/**
 * Runs a `handshake` method behind the host's guards and interceptors, global ones and those of the class. The
 * execution context has the type `ws` and the upgrade request as its first argument; the second takes headers for a refusal.
 * Interceptors can refuse, and see no result: those that wrap, serialize or keep results of routes would spoil the state of
 * the connection.
 *
 * @param options.sharesClass whether decorators of the class are for messages of a gateway as well
 */
export function guardedHandshake(
  calls: EnhancedCalls,
  owner: HandshakeOwner,
  { sharesClass = false }: { readonly sharesClass?: boolean } = {},
): Handshake {
  const states = new WeakMap<UpgradeRequest, { readonly state: unknown }>();
  const run = async (request: UpgradeRequest, response: HandshakeResponse): Promise<void> => {
    const result = owner.handshake(request, response);
    states.set(request, { state: await (isObservable(result) ? lastValueFrom(result) : result) });
  };
  const kinds = { guards: true, interceptors: true, filters: false, answers: true };
  const call = calls.bind({ instance: owner, method: 'handshake', type: 'ws', ...kinds, run, sharesClass });
  return async (request, response) => {
    await call(request, response);
    const done = states.get(request);
    if (done) return done.state;
    const place = `${owner.constructor.name}.handshake`;
    throw new MillraceError(
      'FORBIDDEN',
      `An interceptor has answered in place of ${place}, or in place of its refusal`,
    );
  };
}
