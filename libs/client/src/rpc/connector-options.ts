import type { Duration } from '@millrace/protocol';
import { RPC_CONNECTOR_DEFAULTS, withDefaults } from '../settings/defaults.js';
import { attempts, milliseconds, wholeNumber } from '../settings/read-setting.js';
import { consoleLogger, type ClientLogger } from './logger.js';
import type { Dialer, TlsSettings } from '../transport/socket.interface.js';

/** Settings of a {@link Connector} (rpc§10.1). */
export interface RpcConnectorOptions {
  /** `host:port`, with path, query, `user:password@` or a scheme when needed. */
  uri: string;
  /** Present: TLS, trusting the given authorities, or the system's when empty. @default null: no TLS */
  tls?: TlsSettings | null;
  /** Where log events go. @default consoleLogger(): WARN and above to standard output */
  logger?: ClientLogger;
  /** Attempts before giving up; null = without end. Only "service unavailable" is tried again. @default 1 */
  maxAttempts?: number | null;
  /** Pause between the end of an attempt and the next. @default '0.1s' */
  attemptPeriod?: Duration;
  /** Limit of one attempt: TCP, TLS and WebSocket handshake in all; 0 = none. @default '10s' */
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

type Numbers = 'maxAttempts' | 'attemptPeriod' | 'connectTimeout' | 'requestTimeout' | 'closeTimeout';

/** The same, checked and complete: time spans in milliseconds. */
export type RpcConnectorSettings = Readonly<
  Required<Omit<RpcConnectorOptions, Numbers | 'tls' | 'dial'>> & Record<Numbers, number>
> & { readonly tls: TlsSettings | undefined };

/** Checks the settings. @throws ConfigurationError naming the first bad one */
export function readOptions(options: RpcConnectorOptions): RpcConnectorSettings {
  const { tls, logger, headers, dial: _dial, ...settings } = withDefaults(options, RPC_CONNECTOR_DEFAULTS);
  return {
    ...settings,
    tls: tls ?? undefined,
    logger: logger ?? consoleLogger(),
    headers: headers ?? {},
    maxAttempts: attempts('maxAttempts', settings.maxAttempts),
    attemptPeriod: milliseconds('attemptPeriod', settings.attemptPeriod),
    connectTimeout: milliseconds('connectTimeout', settings.connectTimeout),
    requestTimeout: milliseconds('requestTimeout', settings.requestTimeout),
    closeTimeout: milliseconds('closeTimeout', settings.closeTimeout),
    maxMessageBytes: wholeNumber('maxMessageBytes', settings.maxMessageBytes),
    maxLoggedFrame: wholeNumber('maxLoggedFrame', settings.maxLoggedFrame),
  };
}
