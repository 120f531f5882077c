/** Name of the file of API keys in the data directory. */
export const API_KEYS_FILE = 'api-keys.json';
