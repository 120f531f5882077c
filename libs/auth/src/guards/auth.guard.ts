import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  AccessPolicy,
  assertScope,
  Authenticator,
  type Principal,
  principalOf,
  rawRequestOf,
  setPrincipal,
} from '@millrace/core';
import { AUTH_SETTINGS } from '../auth.constants.js';
import { findCredential } from '../credentials/bearer-credential.js';
import { expiredToken, notAuthenticated } from '../credentials/challenges.js';
import { isSecure } from '../credentials/is-secure.js';
import type { AuthSettings } from '../options/auth-options.schema.js';
import { type Carrier, findCarrier } from './carrier.js';
import { noCarrier } from './no-carrier.error.js';
import { placeOf } from './place.js';
import { Refusals } from './refusals.js';
import { fillScope } from './required-scopes.js';

/** Contexts nobody outside reaches: events of connections which this application has opened itself. */
const OWN_CONTEXTS: readonly string[] = ['source'];

/**
 * The one guard, for HTTP, WebSocket handshakes, messages of gateways, JSON-RPC and GraphQL: finds out whose call it is,
 * notes it on the call, and checks the scopes the place asks for. `AuthModule` makes it a global guard.
 *
 * @publicApi
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly policy: AccessPolicy,
    private readonly authenticator: Authenticator,
    private readonly refusals: Refusals,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.isOpen(context)) return true;
    const carrier = findCarrier(context);
    try {
      if (!carrier) throw noCarrier(context.getType<string>());
      const principal = await this.principalFor(carrier);
      this.checkScopes(context, carrier, principal);
    } catch (error) {
      throw this.refusals.of(error, context, carrier);
    }
    return true;
  }

  private isOpen(context: ExecutionContext): boolean {
    const { protect, skipContexts } = this.settings;
    const place = placeOf(this.reflector, context);
    if (OWN_CONTEXTS.includes(place.type) || skipContexts.includes(place.type)) return true;
    if (protect === 'millrace' && !place.isMillrace) return true;
    return place.isPublic || this.policy.isOpen(place.area);
  }

  private async principalFor({ target, source, longLived }: Carrier): Promise<Principal> {
    const known = principalOf(target);
    if (known) {
      if (longLived && known.expiresAt !== undefined && known.expiresAt <= Date.now()) throw expiredToken();
      return known;
    }
    const raw = source && rawRequestOf(source);
    const credential = raw && findCredential(raw, this.settings.cookie !== false);
    if (!credential) throw notAuthenticated();
    const principal = await this.authenticator.authenticate(credential, { secure: isSecure(source) });
    setPrincipal(target, principal);
    if (raw !== target) setPrincipal(raw, principal);
    return principal;
  }

  private checkScopes(context: ExecutionContext, carrier: Carrier, principal: Principal): void {
    const { scopes } = placeOf(this.reflector, context);
    if (scopes.length === 0) return;
    const params = (carrier.source?.params ?? {}) as Record<string, unknown>;
    for (const template of scopes) {
      for (const scope of fillScope(template, params)) assertScope(principal, scope);
    }
  }
}
