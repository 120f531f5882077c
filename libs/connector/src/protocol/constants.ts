/** Names and numbers of the connector protocol (connector§7.1), spelled as the protocol spells them. */

/** Key of an error report: the short dotted name of the error. */
export const ERROR_CODE = 'messageCode';
/** Key of an error report: the text with `{0}`, `{1}`, … */
export const ERROR_TEMPLATE = 'messageTemplate';
/** Key of an error report: the values of the template. */
export const ERROR_PARAMETERS = 'parameters';
/** Key of a handler's context: the source's name. */
export const SOURCE_NAME = 'source_name';
/** Key of a query's context: the address its responses carry. */
export const RESPONSE_ADDRESS = 'response_address';
/** Status of the last (or only) response of a query. */
export const QUERY_COMPLETE = 200;
/** Status of a last response that adds nothing. */
export const QUERY_EMPTY = 204;
/** Status of a partial response; more will follow. */
export const QUERY_PARTIAL = 100;
/** Status of a failed query. */
export const QUERY_ERROR = 400;
/** Property of `server.config`: further options of the WebSocket, as JSON. */
export const CONNECT_KW_ARGS = 'connectKWArgs';
/** Property of `server.config`: comma-separated names of the sources to serve. */
export const SOURCES = 'sources';
/** Property of `server.config`: the server to connect to. */
export const TARGET_SERVER = 'targetServer';
/** Property of `server.config`: the token. */
export const AUTH_TOKEN = 'authToken';
/** Property of `server.config`: fixed part of the reconnect secret. */
export const FIXED_RECONNECT_SECRET = 'reconnectSecret';
/** Environment variable with the token, read when the file has none. */
export const CONNECTOR_AUTH_TOKEN = 'CONNECTOR_AUTH_TOKEN';
/** Property of `server.config`: whether to send pings. */
export const SEND_PINGS = 'sendPings';
/** Property of `server.config`: whether the first failure ends a connection. */
export const FAIL_ON_CONNECTION_ERROR = 'failOnConnectionError';
/** Property of `server.config`: port of the TCP probe. */
export const PORT_PROPERTY_NAME = 'tcpProbePort';
/** Port of the TCP probe when none is given. */
export const TCP_PROBE_PORT_DEFAULT = 8000;
/** Key of `connectKWArgs`: no certificate and host name checks. */
export const DISABLE_SSL_VERIFICATION = 'disableSslVerification';

/** `resourceName` of the authentication messages. */
export const CREDENTIALS_RESOURCE = 'system.credentials';
/** `resourceName` of every other message. */
export const SOURCES_RESOURCE = 'sources';
/** Header of a query with the address that its responses carry. */
export const QUERY_ADDRESS_HEADER = 'REPLY_ADDR_HEADER';
/** Header of a query response with the address of its query. */
export const RESPONSE_ADDRESS_HEADER = 'X-Reply-Address';
/** Header of a notification that identifies it over repeated sendings; our addition, ignored by other receivers. */
export const NOTIFICATION_ID_HEADER = 'X-Notification-Id';
/** Header of a notification that may have been sent before; our addition, ignored by other receivers. */
export const REDELIVERED_HEADER = 'X-Redelivered';
/** Content type of every message. */
export const JSON_CONTENT_TYPE = 'application/json';
/** How many status messages a connector skips before the configuration (connector§4.4). */
export const MAX_SKIPPED_STATUSES = 10;
