export { AccountError } from './account.error.js';
export { ApiKeyFile } from './keys/api-key-file.js';
export type { ApiKeyRecord, StoredApiKey } from './keys/api-key-record.js';
export { CreatedApiKey, type NewApiKey } from './keys/make-api-key.js';
export { RevokedTokensFile } from './tokens/revoked-tokens-file.js';
export type { TokenRevocation } from './tokens/token-revocation.js';
export type { NewUser, UserRecord } from './users/stored-user.js';
export { UserFile } from './users/user-file.js';
