/** Connects when it is first used, so that a server starts without Redis; a command waits for the connection meanwhile. */
export const CONNECT_WHEN_USED = { shared: true, settings: { enableOfflineQueue: true, maxRetriesPerRequest: 1 } };
