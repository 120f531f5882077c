// What a server and other stores of keys need beside the file.
export { MAX_API_KEYS } from './api-key-file.js';
export { byAge, hasRunOut, isStoredApiKey, recordOf } from './api-key-record.js';
export { apiKeySecretFits, decoyApiKeyHash, hasApiKeyForm, parseApiKey } from './api-key-text.js';
export { makeApiKey } from './make-api-key.js';
