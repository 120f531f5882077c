/** Token of the checked options. */
export const AUTH_SETTINGS = 'auth:settings';
/** Token of the credential verifiers, asked in order. */
export const CREDENTIAL_VERIFIERS = 'auth:credential-verifiers';
/** Token of the counter of login attempts. */
export const LOGIN_ATTEMPTS = 'auth:login-attempts';
/** Area of the package's own routes, see `AccessArea` of core. */
export const AUTH_AREA = 'auth';
