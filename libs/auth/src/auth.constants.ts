/** Token of the checked options. */
export const AUTH_SETTINGS = 'auth:settings';
/** Area of the package's own routes, see `AccessArea` of core. */
export const AUTH_AREA = 'auth';

/** `Principal.method` of who came with an API key. */
export const API_KEY_METHOD = 'api-key';

/** `Principal.method` of who came with one of the option `developmentTokens`. */
export const DEVELOPMENT_TOKEN_METHOD = 'development-token';

/** Scope of `/users`, and for the tokens of other users. */
export const USERS_SCOPE = 'users:admin';

/** Scope of `/keys`. */
export const KEYS_SCOPE = 'keys:admin';

/**
 * The token that the public README of the PTG data store prints (stream-store§2, stream-store#5). It ran out in May 2022, and
 * its key is not known here: it opens something only where it stands in the option `developmentTokens`, which production
 * refuses.
 */
export const PTG_PRINTED_TOKEN =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJwdGciLCJleHAiOjE2NTI1NDU3MTl9.8S6dal-Q97TfJZG7rYLQWe5n3IovU9qCmtPYo7voNN4';
