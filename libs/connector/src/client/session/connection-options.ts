import type { BackoffOptions } from '@millrace/protocol';
import type { ConnectorLoggers } from '../../logging/connector-logger.js';
import type { OverflowPolicy } from '../../connector.options.js';
import type { TlsOptions } from '../link/link.interface.js';

/** Settings of one connection, all decided; times in milliseconds, sizes in bytes. */
export interface ConnectionOptions {
  readonly source: string;
  readonly url: string;
  readonly token: () => string | null | Promise<string | null>;
  readonly secret: string;
  readonly tls: TlsOptions;
  readonly handshakeTimeout: number;
  readonly answerTimeout: number;
  readonly maxPayload: number;
  readonly pings?: { readonly interval: number; readonly timeout: number };
  readonly failOnConnectionError: boolean;
  readonly backoff: BackoffOptions;
  readonly resetBackoffAfter: number;
  readonly maxParallelQueries: number;
  readonly maxWaitingQueries: number;
  readonly maxWaitingPublishes: number;
  readonly maxResponseBytes: number;
  readonly outbox: {
    readonly capacity: number;
    readonly maxNotificationBytes: number;
    readonly overflow: OverflowPolicy;
    readonly window: number;
    readonly ackTimeout: number;
    readonly atMostOnce: boolean;
    readonly ids: boolean;
  };
  readonly loggers: ConnectorLoggers;
}
