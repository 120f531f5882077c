export { type Principal, Public, RequireScopes } from '@millrace/core/security';
export { AuthModule } from './auth.module.js';
export { CurrentPrincipal } from './api/current-principal.decorator.js';
export { AuthGuard } from './guard/auth.guard.js';
export { ApiKeyStore } from './api/api-key-store.js';
export { ApiKeyRevokedError, InsecureApiKeyError } from './api/api-key.errors.js';
export { ApiKeyService } from './api/api-key.service.js';
export type { ApiKeyRecord, CreatedApiKey, NewApiKey, StoredApiKey } from '@millrace/accounts';
export { fileApiKeys, type FileApiKeysOptions } from './stores/file-api-keys.js';
export type {
  ApiKeyOptions,
  AuthOptions,
  CookieOptions,
  JwtOptions,
  LoginThrottleOptions,
  TokenAlgorithm,
  TokenKeyOptions,
} from './options/auth-options.interface.js';
export { authOpenApi, type OpenApiFragment } from './http/auth-openapi.js';
export { PTG_PRINTED_TOKEN } from './api/ptg-printed-token.js';
export { TokenService, type IssuedToken } from './api/token.service.js';
export { developmentUsers } from './stores/development-users.js';
export { fileUsers, type FileUsersOptions } from './stores/file-users.js';
export { UserStore, type User } from './api/user-store.js';
