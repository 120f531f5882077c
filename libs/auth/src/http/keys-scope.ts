/** Scope of `/keys`. */
export const KEYS_SCOPE = 'keys:admin';
