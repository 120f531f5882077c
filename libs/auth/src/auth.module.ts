import { type DynamicModule, Inject, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { APP_GUARD, ModuleRef } from '@nestjs/core';
import { ApiDocuments } from '@millrace/core/documents';
import { HostRoutes } from '@millrace/core/http';
import { ImportedOnce, ImportOnce, MillraceCoreModule } from '@millrace/core/module';
import { AccessPolicy, Authenticator, BrowserOrigins, ConnectionSecurity } from '@millrace/core/security';
import { AuthOperations } from './auth.operations.js';
import { AUTH_SETTINGS } from './auth.constants.js';
import { AuthModuleBase, AUTH_MODULE_OPTIONS, type AUTH_OPTIONS_TYPE } from './auth.module-definition.js';
import { MillraceAuthenticator } from './guard/millrace-authenticator.js';
import { AuthGuard } from './guard/auth.guard.js';
import { HostGate } from './guard/host-gate.js';
import { LiveAnswers } from './guard/live-answers.js';
import { LoginStores } from './guard/login-stores.js';
import { NobodyKnown } from './guard/nobody-known.js';
import { ApiKeyStore } from './api/api-key-store.js';
import { ApiKeyUsage } from './guard/api-key-usage.js';
import { ApiKeyVerifier } from './guard/api-key-verifier.js';
import { ApiKeyChecks } from './guard/api-key-checks.js';
import { CredentialWatch } from './guard/credential-watch.js';
import { RevokedTokens } from './guard/revoked-tokens.js';
import { ApiKeyService } from './api/api-key.service.js';
import {
  makeApiKeyStore,
  makeLoginLimits,
  makeManagedUsers,
  makeTokenRevocations,
  makeUserStore,
} from './stores/make-stores.js';
import { trustedProxies } from './engine/trusted-proxies.js';
import { authOpenApi } from './http/auth-openapi.js';
import { SessionController } from './http/session.controller.js';
import { TokenController } from './http/token.controller.js';
import { AUTH_OPTIONS, type AuthSettings } from './auth.options.js';
import { DevelopmentTokens } from './guard/development-tokens.js';
import { KeyRing } from './guard/key-ring.js';
import { LoginLimits } from './api/login-limits.js';
import { TokenRevocations } from './api/token-revocations.js';
import { TokenService } from './api/token.service.js';
import { ManagedUserStore, UserStore } from './api/user-store.js';
import { StoreOperations } from './stores/store-operations.js';

/**
 * Tokens, users, API keys, the global guard, and `POST /token`. Once it is imported, everything that is not `@Public()` is closed.
 *
 * @example
 * ```ts
 * AuthModule.forRoot({ jwt: { secret: process.env.MILLRACE_JWT_SECRET } })
 * ```
 * @publicApi
 */
@ImportOnce()
@Module({
  imports: [MillraceCoreModule],
  controllers: [SessionController, TokenController],
  providers: [
    { provide: AUTH_SETTINGS, useFactory: AUTH_OPTIONS.read, inject: [AUTH_MODULE_OPTIONS, ImportedOnce] },
    { provide: UserStore, useFactory: makeUserStore, inject: [AUTH_SETTINGS, ModuleRef] },
    { provide: ManagedUserStore, useFactory: makeManagedUsers, inject: [AUTH_SETTINGS, UserStore, ModuleRef] },
    { provide: ApiKeyStore, useFactory: makeApiKeyStore, inject: [AUTH_SETTINGS, ModuleRef] },
    { provide: TokenRevocations, useFactory: makeTokenRevocations, inject: [AUTH_SETTINGS, ModuleRef] },
    { provide: LoginLimits, useFactory: makeLoginLimits, inject: [AUTH_SETTINGS, ModuleRef] },
    { provide: Authenticator, useClass: MillraceAuthenticator },
    { provide: APP_GUARD, useExisting: AuthGuard },
    ApiKeyChecks,
    ApiKeyService,
    ApiKeyUsage,
    ApiKeyVerifier,
    AuthGuard,
    AuthOperations,
    CredentialWatch,
    DevelopmentTokens,
    HostGate,
    KeyRing,
    LiveAnswers,
    LoginStores,
    NobodyKnown,
    RevokedTokens,
    StoreOperations,
    TokenService,
  ],
  exports: [
    ApiKeyService,
    ApiKeyStore,
    Authenticator,
    AuthGuard,
    ManagedUserStore,
    TokenRevocations,
    TokenService,
    UserStore,
  ],
})
export class AuthModule extends AuthModuleBase implements NestModule {
  static override forRoot(options: typeof AUTH_OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }

  constructor(
    policy: AccessPolicy,
    security: ConnectionSecurity,
    routes: HostRoutes,
    origins: BrowserOrigins,
    documents: ApiDocuments,
    private readonly hosts: HostGate,
    @Inject(AUTH_SETTINGS) settings: AuthSettings,
  ) {
    super();
    routes.serve(AuthModule, {
      ignoreGlobalPrefix: settings.ignoreGlobalPrefix,
      remedy: 'leave routes of AuthModule out by keyRoutes: false, revocationRoutes: false or userRoutes: false',
    });
    documents.addOpenApi(() => ({ ...authOpenApi(), ignoreGlobalPrefix: settings.ignoreGlobalPrefix }), AuthModule);
    for (const area of settings.publicAreas) policy.openArea(area);
    origins.follow({ origins: settings.origins, hosts: settings.hosts, development: !settings.production });
    if (settings.apiKeys) security.trustProxies(trustedProxies(settings.apiKeys.trustProxy));
  }

  configure(consumer: MiddlewareConsumer): void {
    this.hosts.configure(consumer);
  }
}
