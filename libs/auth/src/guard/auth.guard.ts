import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { rawRequestOf } from '@millrace/core/http';
import {
  AccessPolicy,
  assertScope,
  Authenticator,
  ConnectionSecurity,
  type Principal,
  principalOf,
  setPrincipal,
} from '@millrace/core/security';
import { AUTH_SETTINGS } from '../auth.constants.js';
import { findCredential, someCredential } from '../engine/bearer-credential.js';
import { expiredCredential, notAuthenticated, InsecureApiKeyError, noCarrier } from '../engine/auth.errors.js';
import { hasApiKeyForm } from '@millrace/accounts/keys';
import type { AuthSettings } from '../auth.options.js';
import { type Carrier, findCarrier } from './carrier.js';
import { CredentialWatch } from './credential-watch.js';
import { LiveAnswers } from './live-answers.js';
import { type Place, placeOf } from './place.js';
import { refuse } from './refusals.js';
import { fillScope } from '../engine/required-scopes.js';

/** Contexts that nobody outside reaches: events of connections that this application has opened itself. */
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
    private readonly security: ConnectionSecurity,
    private readonly watch: CredentialWatch,
    private readonly answers: LiveAnswers,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const place = placeOf(this.reflector, context);
    if (this.isForeign(place)) return true;
    const carrier = findCarrier(context);
    try {
      this.refuseInsecureKey(carrier);
      if (place.isPublic || this.policy.isOpen(place.area)) return true;
      if (!carrier) throw noCarrier(context.getType<string>());
      const principal = await this.principalFor(carrier);
      checkScopes(place, carrier, principal);
      if (place.type === 'http') this.answers.attend(principal, context.switchToHttp().getResponse());
    } catch (error) {
      return refuse(error, context, carrier);
    }
    return true;
  }

  private isForeign({ type, isMillrace }: Place): boolean {
    const { protect, skipContexts } = this.settings;
    return OWN_CONTEXTS.includes(type) || skipContexts.includes(type) || (protect === 'millrace' && !isMillrace);
  }

  /** An API key that came unencrypted is refused before anything else, on public places too: its user must hear of it. */
  private refuseInsecureKey(carrier: Carrier | undefined): void {
    const { apiKeys, cookie } = this.settings;
    if (!apiKeys || !carrier?.source || principalOf(carrier.target)) return;
    const raw = rawRequestOf(carrier.source);
    if (someCredential(raw, cookie !== false, hasApiKeyForm) && !this.security.isSecure(raw)) {
      throw new InsecureApiKeyError();
    }
  }

  private async principalFor({ target, source, longLived }: Carrier): Promise<Principal> {
    const known = principalOf(target);
    if (known) {
      if (longLived && known.expiresAt !== undefined && known.expiresAt <= Date.now()) throw expiredCredential(known);
      if (longLived) await this.watch.assertHolds(known);
      return known;
    }
    const raw = source && rawRequestOf(source);
    const credential = raw && findCredential(raw, this.settings.cookie !== false);
    if (!credential) throw notAuthenticated();
    const principal = await this.authenticator.authenticate(credential, { secure: this.security.isSecure(raw) });
    setPrincipal(target, principal);
    if (raw !== target) setPrincipal(raw, principal);
    return principal;
  }
}

function checkScopes({ scopes }: Place, carrier: Carrier, principal: Principal): void {
  if (scopes.length === 0) return;
  const params = (carrier.source?.params ?? {}) as Record<string, unknown>;
  for (const template of scopes) {
    for (const scope of fillScope(template, params)) assertScope(principal, scope);
  }
}
