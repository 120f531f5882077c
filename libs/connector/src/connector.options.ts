import {
  bytesSchema,
  countSchema,
  defineOptions,
  durationSchema,
  type OptionsOf,
  secret,
  type SettingsOf,
  timeoutSchema,
} from '@millrace/core/options';
import { z } from 'zod';
import { Outbox } from './api/outbox.port.js';
import type { TlsOptions } from './client/link/link.interface.js';

const shape = {
  /**
   * The server, as `https://host`, or a full WebSocket URL. Without it the settings come from `server.config`.
   *
   * @default from `server.config`
   */
  targetServer: z.string().min(1).optional(),
  /**
   * The token, or a function that gives one for each attempt.
   *
   * @default from `server.config`, else from `CONNECTOR_AUTH_TOKEN`
   */
  authToken: secret(
    z
      .union([
        z.string(),
        z.custom<() => string | Promise<string>>(
          (value) => typeof value === 'function',
          'must be a token, or a function that gives one',
        ),
      ])
      .optional(),
  ),
  /** Names of the sources to serve. @default from `server.config` */
  sources: z.array(z.string().trim().min(1)).min(1).readonly().optional(),
  /** The folder that holds `serverConfig`. @default the working directory */
  directory: z.string().optional(),
  /**
   * Certificates, and whether to check the server's: options of Node's `tls.connect`.
   *
   * @default the trust store of Node
   */
  tls: z.custom<TlsOptions>((value) => typeof value === 'object' && value !== null, 'must be an object').optional(),
  /** Fixed part of the reconnect secret. @default made for each process */
  reconnectSecret: secret(z.string().min(1).optional()),
  /** Send pings on each connection. @default `sendPings` of `server.config`, else `false` */
  sendPings: z.boolean().optional(),
  /** Pause between pings; 0 sends none. @default 20 s */
  pingInterval: durationSchema.optional(),
  /** How long a pong may be missing. @default 20 s */
  pingTimeout: timeoutSchema.optional(),
  /** End a connection at its first failure. @default `failOnConnectionError` of `server.config`, else `false` */
  failOnConnectionError: z.boolean().optional(),
  /** Deadline of connect and upgrade. @default 10 s */
  handshakeTimeout: timeoutSchema.optional(),
  /** Deadline of the answer to the token, and of the configuration. */
  answerTimeout: timeoutSchema.default(10_000),
  backoff: {
    /** Upper bound of the first pause between two attempts. */
    initial: timeoutSchema.default(500),
    /** Upper bound of any pause. */
    max: timeoutSchema.default(30_000),
    /** Growth from one attempt to the next. */
    factor: z.number().min(1).default(2),
  },
  /** Service after which the next failure starts from the shortest pause, also where nothing was exchanged. */
  resetBackoffAfter: durationSchema.default(30_000),
  /** Largest message taken. @default 16 MiB */
  maxPayload: bytesSchema.optional(),
  /** Largest response sent in one message; larger arrays go in parts. */
  maxResponseBytes: bytesSchema.default(1024 * 1024),
  /** Queries handled at a time for each source. */
  maxParallelQueries: countSchema.default(16),
  /** Queries that may wait for that; further ones are answered with an error. */
  maxWaitingQueries: z.number().int().nonnegative().default(1000),
  /** Publishes that may wait for their handler; then the socket is not read. */
  maxWaitingPublishes: countSchema.default(10_000),
  outbox: {
    /** Where notifications wait. @default in memory */
    driver: z.instanceof(Outbox).optional(),
    /** Notifications kept for each source. */
    capacity: countSchema.default(1000),
    /** What happens when the outbox is full: `wait`, `dropOldest`, `dropNewest` or `error`. */
    overflow: z.enum(['wait', 'dropOldest', 'dropNewest', 'error']).default('wait'),
    /**
     * The largest notification, in bytes of JSON; `notify` throws above it. Keep it below the `maxPayload` of the hub (16 MiB
     * by default), which closes the socket at a larger message.
     *
     * @default 16,000,000
     */
    maxNotificationBytes: countSchema.default(16_000_000),
    /** Notifications on their way without an acknowledgement. */
    window: countSchema.default(256),
    /** How long the hub may owe an acknowledgement; then the connection is made anew. */
    ackTimeout: timeoutSchema.default(30_000),
    /** Forget a notification once it is handed to the socket: it is never sent twice, and a cut may lose some. */
    atMostOnce: z.boolean().default(false),
    /** Send an id with each notification, by which a hub recognizes a repeated one. */
    ids: z.boolean().default(true),
  },
  probe: {
    /**
     * Port of the TCP probe, which is open while the connector is declared healthy.
     *
     * @default `tcpProbePort` of `server.config`, else 8000
     */
    port: z.number().int().min(0).max(65_535).optional(),
    /** Address it listens on. @default all interfaces */
    host: z.string().optional(),
    /** Healthy while all sources are connected, without declarations of the application. */
    automatic: z.boolean().default(false),
    /** How long a connection may be away in automatic mode. */
    grace: durationSchema.default(30_000),
  },
  /**
   * How long a shutdown waits for handlers and the outbox. Where the application has a `MillraceWsAdapter`, no longer than
   * its `shutdownTimeout`.
   */
  drainTimeout: durationSchema.default(5000),
  /** Read log levels from `serverConfig/logger.ini`. @default `true` when `server.config` is read */
  loggerConfig: z.boolean().optional(),
  /** Connect when the application starts. */
  autoStart: z.boolean().default(true),
};

export const CONNECTOR_OPTIONS = defineOptions('ConnectorModule', shape);

/** Options of `ConnectorModule` and `ConnectorSet`. Without `targetServer` they are read from `server.config`. */
export interface ConnectorOptions extends OptionsOf<typeof shape> {}

/** The options with every default filled in; times in milliseconds. */
export type ConnectorSettings = SettingsOf<typeof shape>;

/** Settings of the outbox of each source. */
export type OutboxSettings = ConnectorSettings['outbox'];
