import type { IncomingMessage } from 'node:http';
import { type CanActivate, type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { MillraceError } from '@millrace/core/errors';
import { rawRequestOf } from '@millrace/core/http';
import {
  AccessPolicy,
  assertScope,
  Authenticator,
  BrowserOrigins,
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

/** Methods of requests that only read, unless the place says otherwise. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

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
  private readonly logger = new Logger(AuthGuard.name);
  /** Types of contexts whose calls did not say who called. */
  private readonly unnamed = new Set<string>();

  constructor(
    private readonly reflector: Reflector,
    private readonly policy: AccessPolicy,
    private readonly authenticator: Authenticator,
    private readonly security: ConnectionSecurity,
    private readonly origins: BrowserOrigins,
    private readonly watch: CredentialWatch,
    private readonly answers: LiveAnswers,
    @Inject(AUTH_SETTINGS) private readonly settings: AuthSettings,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const place = placeOf(this.reflector, context);
    if (this.isForeign(place)) return true;
    const carrier = findCarrier(context);
    try {
      if (carrier?.source) this.origins.assertHost(carrier.source);
      this.refuseInsecureKey(place, carrier);
      if (place.isPublic || this.policy.isOpen(place.area)) {
        await this.refuseForeignChange(place, carrier);
        return true;
      }
      if (!carrier) throw this.nobodyNamed(place);
      const principal = await this.principalFor(place, carrier);
      checkScopes(place, carrier, principal);
      if (place.type === 'http') this.answers.attend(principal, context.switchToHttp().getResponse());
    } catch (error) {
      return refuse(error, context, carrier);
    }
    return true;
  }

  private isForeign({ type, isMillrace, isJsonRpc }: Place): boolean {
    const { protect, skipContexts } = this.settings;
    if (OWN_CONTEXTS.includes(type) || (protect === 'millrace' && !isMillrace)) return true;
    // Who lets messages of microservices through means those alone: methods of JSON-RPC keep their scopes.
    return skipContexts.includes(type) && !isJsonRpc;
  }

  /** Not every transport hands the error on, so that the log has it too, once for each type. */
  private nobodyNamed({ type, isJsonRpc }: Place): MillraceError {
    const error = noCarrier(type, isJsonRpc);
    if (!this.unnamed.has(type)) this.logger.warn(error.message);
    this.unnamed.add(type);
    return error;
  }

  /** An API key that came unencrypted is refused before anything else, on public places too: its user must hear of it. */
  private refuseInsecureKey(place: Place, carrier: Carrier | undefined): void {
    if (!this.settings.apiKeys || !carrier?.source || principalOf(carrier.target)) return;
    const raw = rawRequestOf(carrier.source);
    if (someCredential(raw, this.cookieCounts(raw, place), hasApiKeyForm) && !this.security.isSecure(raw)) {
      throw new InsecureApiKeyError();
    }
  }

  /** Open places look at no credential; but where pages of others must be kept out, one who brings a good one may go on. */
  private async refuseForeignChange({ type, changesByGet }: Place, carrier: Carrier | undefined): Promise<void> {
    if (!carrier?.source) return;
    const raw = rawRequestOf(carrier.source);
    const changes = type !== 'http' || changesByGet || !SAFE_METHODS.includes(raw.method ?? '');
    if (!changes || this.origins.mayChange(raw, changesByGet)) return;
    const credential = findCredential(raw, false);
    if (!credential) return this.origins.assertMayChange(raw, changesByGet);
    await this.authenticator
      .authenticate(credential, { secure: this.security.isSecure(raw) })
      .catch(() => this.origins.assertMayChange(raw, changesByGet));
  }

  private cookieCounts(raw: IncomingMessage, { changesByGet }: Place): boolean {
    if (this.settings.cookie === false || raw.headers.cookie === undefined) return false;
    return this.origins.mayUseCookie(raw, changesByGet);
  }

  private async principalFor(place: Place, { target, source, longLived }: Carrier): Promise<Principal> {
    const known = principalOf(target);
    if (known) {
      if (longLived && known.expiresAt !== undefined && known.expiresAt <= Date.now()) throw expiredCredential(known);
      if (longLived) await this.watch.assertHolds(known);
      return known;
    }
    const raw = source && rawRequestOf(source);
    const credential = raw && findCredential(raw, this.cookieCounts(raw, place));
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
