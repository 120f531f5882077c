import { ConnectorConfigError } from '../errors/connector.error.js';
import { CONNECT_KW_ARGS } from '../protocol/constants.js';
import { isObject, kindOf } from '../protocol/messages.js';

/** What `connectKWArgs` asks of the WebSocket (connector§8.2). */
export interface ConnectKwArgs {
  /** `disableSslVerification`: no certificate and host name checks. */
  readonly disableSslVerification: boolean;
  /** `max_size`: largest message taken, in bytes. */
  readonly maxPayload?: number;
  /** `open_timeout`, in milliseconds. */
  readonly handshakeTimeout?: number;
  /** `ping_interval`, in milliseconds. */
  readonly pingInterval?: number;
  /** `ping_timeout`, in milliseconds. */
  readonly pingTimeout?: number;
  /** Keys that mean nothing here; the connector logs a warning about them. */
  readonly unknown: readonly string[];
}

const KNOWN = ['disableSslVerification', 'max_size', 'open_timeout', 'ping_interval', 'ping_timeout'];

/** @throws ConnectorConfigError when it is not a JSON object, or a value has the wrong type */
export function readConnectKwArgs(text: string | undefined): ConnectKwArgs {
  const value = text === undefined ? {} : parse(text);
  const seconds = (key: string): number | undefined => {
    const amount = positive(value, key);
    return amount === undefined ? undefined : amount * 1000;
  };
  return {
    disableSslVerification: value['disableSslVerification'] === true,
    maxPayload: positive(value, 'max_size'),
    handshakeTimeout: seconds('open_timeout'),
    pingInterval: seconds('ping_interval'),
    pingTimeout: seconds('ping_timeout'),
    unknown: Object.keys(value).filter((key) => !KNOWN.includes(key)),
  };
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message would quote the text.
    value = undefined;
  }
  if (isObject(value)) return value;
  throw new ConnectorConfigError(
    `The property ${CONNECT_KW_ARGS} of server.config must be a JSON object, for example {"max_size": 4194304}`,
    CONNECT_KW_ARGS,
  );
}

function positive(value: Record<string, unknown>, key: string): number | undefined {
  const found = value[key];
  if (found === undefined || found === null) return undefined;
  if (typeof found === 'number' && Number.isFinite(found) && found > 0) return found;
  throw new ConnectorConfigError(
    `"${key}" in the property ${CONNECT_KW_ARGS} of server.config must be a number above 0, not ${typeof found === 'number' ? found : kindOf(found)}`,
    CONNECT_KW_ARGS,
  );
}
