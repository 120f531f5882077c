export { AuthModule } from './auth.module.js';
export { CurrentPrincipal } from './decorators/current-principal.decorator.js';
export { AuthGuard } from './guards/auth.guard.js';
export type {
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
