/** A variable has a value that cannot be used; the message names both. */
export class SettingsError extends Error {}
