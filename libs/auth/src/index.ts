export { type Principal, Public, RequireScopes } from '@millrace/core/security';
export { AuthModule } from './auth.module.js';
export { CurrentPrincipal } from './api/current-principal.decorator.js';
export { AuthGuard } from './guard/auth.guard.js';
export { ApiKeyStore } from './api/api-key-store.js';
export { ApiKeyService } from './api/api-key.service.js';
export type {
  ApiKeyRecord,
  CreatedApiKey,
  NewApiKey,
  NewUser,
  StoredApiKey,
  TokenRevocation,
  UserRecord,
} from '@millrace/accounts';
export { fileApiKeys } from './stores/file-api-keys.js';
export type { AuthOptions } from './auth.options.js';
export { authOpenApi } from './http/auth-openapi.js';
export { PTG_PRINTED_TOKEN } from './auth.constants.js';
export { type LoginAttempt, type LoginLimit, LoginLimits } from './api/login-limits.js';
export { TokenRevocations } from './api/token-revocations.js';
export { TokenService, type IssuedToken } from './api/token.service.js';
export { developmentUsers } from './stores/development-users.js';
export { fileTokenRevocations } from './stores/file-token-revocations.js';
export { fileUsers } from './stores/file-users.js';
export { memoryLoginLimits } from './stores/memory-login-limits.js';
export { ManagedUserStore, UserStore, type User } from './api/user-store.js';
