import { durationSchema, type Duration } from '@millrace/core';
import { z } from 'zod';
import { Outbox } from './api/outbox.port.js';
import type { TlsOptions } from './client/link/link.interface.js';
import { OVERFLOW_POLICIES, type OverflowPolicy } from './api/overflow.js';

/** Options of the outbox of each source. */
export interface OutboxOptions {
  /** Where notifications wait: the driver. @default new MemoryOutbox() */
  driver?: Outbox;
  /** Notifications kept for each source. @default 1000 */
  capacity?: number;
  /** What happens to one more. @default 'wait' */
  overflow?: OverflowPolicy;
  /**
   * The largest notification taken, in bytes of JSON; `notify` throws above it. Keep it below the limit of the hub
   * (`maxPayload` of ours, 16 MiB), which closes the socket at a larger one. @default 16000000
   */
  maxNotificationBytes?: number;
  /** Notifications on their way without an acknowledgement. @default 256 */
  window?: number;
  /** How long the hub may owe an acknowledgement before the connection is made anew. @default '30s' */
  ackTimeout?: Duration;
  /** Forget a notification once it is handed to the socket: none twice, but a cut may lose some. @default false */
  atMostOnce?: boolean;
  /** Send an id with each notification, by which a hub tells a repeated one. @default true */
  ids?: boolean;
}

/** Options of the TCP probe. */
export interface ProbeOptions {
  /** @default tcpProbePort of server.config, else 8000 */
  port?: number;
  /** Address to listen on. @default all interfaces */
  host?: string;
  /** Healthy while all sources are connected; the application need not declare anything. @default false */
  automatic?: boolean;
  /** How long a connection may be away in automatic mode. @default '30s' */
  grace?: Duration;
}

/** Options of {@link ConnectorModule} and {@link ConnectorSet}. Without `targetServer` they are read from `server.config`. */
export interface ConnectorOptions {
  /** The server, as `https://host`, or a full WebSocket URL. @default from `server.config` */
  targetServer?: string;
  /** The token, or a function that gives one for each attempt. @default `server.config`, else `CONNECTOR_AUTH_TOKEN` */
  authToken?: string | (() => string | Promise<string>);
  /** Names of the sources to serve. @default from `server.config` */
  sources?: readonly string[];
  /** Where `serverConfig` is. @default process.cwd() */
  directory?: string;
  /** Certificates, and whether to check the server's. */
  tls?: TlsOptions;
  /** Fixed part of the reconnect secret; one is made for each process otherwise. */
  reconnectSecret?: string;
  /** @default false */
  sendPings?: boolean;
  /** Pause between pings. @default '20s' */
  pingInterval?: Duration;
  /** How long a pong may be missing. @default '20s' */
  pingTimeout?: Duration;
  /** End a connection at its first failure. @default false */
  failOnConnectionError?: boolean;
  /** Deadline of connect and upgrade. @default '10s' */
  handshakeTimeout?: Duration;
  /** Deadline of the answer to the token, and of the configuration. @default '10s' */
  answerTimeout?: Duration;
  /** Bounds of the pauses between attempts. @default from 500 ms to 30 s */
  backoff?: { initial?: Duration; max?: Duration; factor?: number };
  /** Service after which the next failure starts from the shortest pause. @default '30s' */
  resetBackoffAfter?: Duration;
  /** Largest message taken, in bytes. @default 16777216 */
  maxPayload?: number;
  /** Largest response sent in one message, in bytes; larger arrays go in parts. @default 1048576 */
  maxResponseBytes?: number;
  /** Queries handled at a time for each source. @default 16 */
  maxParallelQueries?: number;
  /** Queries that may wait for that; further ones are answered with an error. @default 1000 */
  maxWaitingQueries?: number;
  /** Publishes that may wait for their handler; then reading waits too. @default 10000 */
  maxWaitingPublishes?: number;
  outbox?: OutboxOptions;
  probe?: ProbeOptions;
  /** How long a shutdown waits for handlers and the outbox. @default '10s' */
  drainTimeout?: Duration;
  /** Read log levels from `serverConfig/logger.ini`. @default true when `server.config` is read */
  loggerConfig?: boolean;
  /** Connect when the application starts. @default true */
  autoStart?: boolean;
}

const count = z.number().int().positive();

/** Schema of {@link ConnectorOptions}; fills in the defaults. Times become milliseconds. */
export const connectorOptionsSchema = z.strictObject({
  targetServer: z.string().min(1).optional(),
  authToken: z
    .union([z.string(), z.custom<() => string | Promise<string>>((value) => typeof value === 'function')])
    .optional(),
  sources: z.array(z.string().trim().min(1)).min(1).readonly().optional(),
  directory: z.string().optional(),
  tls: z.custom<TlsOptions>((value) => typeof value === 'object' && value !== null).optional(),
  reconnectSecret: z.string().min(1).optional(),
  sendPings: z.boolean().optional(),
  pingInterval: durationSchema.optional(),
  pingTimeout: durationSchema.optional(),
  failOnConnectionError: z.boolean().optional(),
  handshakeTimeout: durationSchema.optional(),
  answerTimeout: durationSchema.default(10_000),
  backoff: z
    .strictObject({
      initial: durationSchema.default(500),
      max: durationSchema.default(30_000),
      factor: z.number().min(1).default(2),
    })
    .prefault({}),
  resetBackoffAfter: durationSchema.default(30_000),
  maxPayload: count.optional(),
  maxResponseBytes: count.default(1_048_576),
  maxParallelQueries: count.default(16),
  maxWaitingQueries: z.number().int().nonnegative().default(1000),
  maxWaitingPublishes: count.default(10_000),
  outbox: z
    .strictObject({
      driver: z.instanceof(Outbox).optional(),
      capacity: count.default(1000),
      maxNotificationBytes: count.default(16_000_000),
      overflow: z.enum(OVERFLOW_POLICIES).default('wait'),
      window: count.default(256),
      ackTimeout: durationSchema.default(30_000),
      atMostOnce: z.boolean().default(false),
      ids: z.boolean().default(true),
    })
    .prefault({}),
  probe: z
    .strictObject({
      port: z.number().int().min(0).max(65_535).optional(),
      host: z.string().optional(),
      automatic: z.boolean().default(false),
      grace: durationSchema.default(30_000),
    })
    .prefault({}),
  drainTimeout: durationSchema.default(10_000),
  loggerConfig: z.boolean().optional(),
  autoStart: z.boolean().default(true),
});

/** Options with every default filled in. */
export type CheckedConnectorOptions = z.output<typeof connectorOptionsSchema>;
