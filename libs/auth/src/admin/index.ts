// Free of Nest, so that commands start fast.
export { apiKeysFileIn, createApiKey, listApiKeys, revokeApiKey } from './api-key-administration.js';
export { ApiKeyAdministrationError } from '../keys/api-key-administration.error.js';
export type { ApiKeyRecord } from '../keys/api-key-record.js';
export type { CreatedApiKey } from '../keys/created-api-key.js';
export type { NewApiKey } from '../keys/make-api-key.js';
export {
  addUser,
  listUsers,
  type NewUser,
  removeUser,
  UserAdministrationError,
  type UserRecord,
  verifyUser,
} from './user-administration.js';
