/** Names and numbers of the connector protocol (connector§7.1) that several parts use, spelled as the protocol spells them. */

/** Status of a last response that adds nothing. */
export const QUERY_EMPTY = 204;
/** Property of `server.config`: the server to connect to. */
export const TARGET_SERVER = 'targetServer';
/** `resourceName` of every message but the authentication. */
export const SOURCES_RESOURCE = 'sources';
/** Header of a query with the address that its responses carry. */
export const QUERY_ADDRESS_HEADER = 'REPLY_ADDR_HEADER';
/** Header of a query response with the address of its query. */
export const RESPONSE_ADDRESS_HEADER = 'X-Reply-Address';
/** Header of a notification that identifies it over repeated sendings; our addition, ignored by other receivers. */
export const NOTIFICATION_ID_HEADER = 'X-Notification-Id';
/** Header of a notification that may have been sent before; our addition, ignored by other receivers. */
export const REDELIVERED_HEADER = 'X-Redelivered';
