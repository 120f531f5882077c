/** Injection token of the hub's checked options. */
export const HUB_SETTINGS = 'millrace:connector-hub-settings';
