/** The application's settings, by injection. */
export const SETTINGS = Symbol('reference:settings');
