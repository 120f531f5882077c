export { AuthModule } from './auth.module.js';
export { CurrentPrincipal } from './decorators/current-principal.decorator.js';
export { AuthGuard } from './guards/auth.guard.js';
export { ApiKeyAdministrationError } from './keys/api-key-administration.error.js';
export type { ApiKeyRecord, StoredApiKey } from './keys/api-key-record.js';
export { ApiKeyStore } from './keys/api-key-store.js';
export { ApiKeyRevokedError, InsecureApiKeyError } from './keys/api-key.errors.js';
export { ApiKeyService } from './keys/api-key.service.js';
export { CreatedApiKey } from './keys/created-api-key.js';
export { fileApiKeys, type FileApiKeysOptions } from './keys/file-api-keys.js';
export type { NewApiKey } from './keys/make-api-key.js';
export type {
  ApiKeyOptions,
  AuthOptions,
  CookieOptions,
  JwtOptions,
  LoginThrottleOptions,
  TokenAlgorithm,
  TokenKeyOptions,
} from './options/auth-options.interface.js';
export { authOpenApi, type OpenApiFragment } from './openapi/auth-openapi.js';
export { PTG_PRINTED_TOKEN } from './tokens/ptg-printed-token.js';
export { TokenService, type IssuedToken } from './tokens/token.service.js';
export { developmentUsers } from './users/development-users.js';
export { fileUsers, type FileUsersOptions } from './users/file-users.js';
export { UserStore, type User } from './users/user-store.js';
