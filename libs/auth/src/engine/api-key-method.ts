/** `Principal.method` of who came with an API key. */
export const API_KEY_METHOD = 'api-key';
