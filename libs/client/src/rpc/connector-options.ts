import { ConfigurationError } from '../errors/configuration.error.js';
import type { Duration } from '@millrace/protocol';
import { milliseconds } from '../timing/duration.js';
import { consoleLogger, type ClientLogger } from './logger.js';
import type { Dialer } from '../transport/socket.interface.js';
import type { TlsSettings } from '../transport/tls-settings.js';

/** Settings of a {@link Connector} (rpc§10.1). */
export interface RpcConnectorOptions {
  /** `host:port`, with path, query, `user:password@` or a scheme when needed. */
  uri: string;
  /** Present: TLS, trusting the given authorities, or the system's when empty. @default null: no TLS */
  tls?: TlsSettings | null;
  /** Where log events go. @default consoleLogger(): WARN and above to standard output */
  logger?: ClientLogger;
  /** Attempts before giving up; null = for ever. Only "service unavailable" is tried again. @default 1 */
  maxAttempts?: number | null;
  /** Pause between the end of an attempt and the next. @default '0.1s' */
  attemptPeriod?: Duration;
  /** Limit of one attempt: TCP, TLS and WebSocket handshake in all. @default '10s' */
  connectTimeout?: Duration;
  /** Limit of each request; 0 = none. @default 0 */
  requestTimeout?: Duration;
  /** How long `disconnect()` waits for the server's part of the closing handshake. @default '1s' */
  closeTimeout?: Duration;
  /** Treat HTTP 502, 503, 504 and a close during the handshake as "service unavailable" (servers behind a proxy). @default false */
  retryGatewayErrors?: boolean;
  /** Let an error reply that belongs to no request fail all waiting requests, as the reference client does. @default false */
  failAllOnGeneralError?: boolean;
  /** Headers of the handshake, for example `Authorization`; not possible in browsers. */
  headers?: Readonly<Record<string, string>>;
  /** Largest message accepted, in bytes; enforced where the platform allows it (Node). @default 268435456 */
  maxMessageBytes?: number;
  /** Length to which frames are cut in DEBUG texts. @default 1000 */
  maxLoggedFrame?: number;
  /** Opens the sockets. @default the `ws` package in Node, the native WebSocket in browsers */
  dial?: Dialer;
}

/** The same, checked and complete. */
export interface RpcConnectorSettings {
  readonly uri: string;
  readonly tls: TlsSettings | undefined;
  readonly logger: ClientLogger;
  readonly maxAttempts: number;
  readonly attemptPeriod: number;
  readonly connectTimeout: number;
  readonly requestTimeout: number;
  readonly closeTimeout: number;
  readonly retryGatewayErrors: boolean;
  readonly failAllOnGeneralError: boolean;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  readonly maxLoggedFrame: number;
}

/** Checks the settings. @throws ConfigurationError naming the first bad one */
export function readOptions(options: RpcConnectorOptions): RpcConnectorSettings {
  const { maxAttempts = 1 } = options;
  if (maxAttempts !== null && !(Number.isInteger(maxAttempts) && maxAttempts > 0))
    throw new ConfigurationError('maxAttempts', 'give a whole number from 1, or null to try for ever');
  return {
    uri: options.uri,
    tls: options.tls ?? undefined,
    logger: options.logger ?? consoleLogger(),
    maxAttempts: maxAttempts ?? Infinity,
    attemptPeriod: milliseconds('attemptPeriod', options.attemptPeriod ?? 100),
    connectTimeout: milliseconds('connectTimeout', options.connectTimeout ?? 10_000),
    requestTimeout: milliseconds('requestTimeout', options.requestTimeout ?? 0),
    closeTimeout: milliseconds('closeTimeout', options.closeTimeout ?? 1000),
    retryGatewayErrors: options.retryGatewayErrors ?? false,
    failAllOnGeneralError: options.failAllOnGeneralError ?? false,
    headers: options.headers ?? {},
    maxMessageBytes: positive('maxMessageBytes', options.maxMessageBytes ?? 256 * 1024 * 1024),
    maxLoggedFrame: positive('maxLoggedFrame', options.maxLoggedFrame ?? 1000),
  };
}

function positive(setting: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new ConfigurationError(setting, 'give a whole number from 1');
}
