import {
  bytesSchema,
  countSchema,
  defineOptions,
  durationSchema,
  MAX_BUFFERED_BYTES,
  type OptionsOf,
  type SettingsOf,
  timeoutSchema,
} from '@millrace/core/options';
import type { Authenticator } from '@millrace/core/security';
import { z } from 'zod';
import { SourceStore } from './api/source-store.port.js';

const shape = {
  /** Where sources and their configuration documents are kept. @default in memory */
  store: z.instanceof(SourceStore).optional(),
  /** Sources to create at start, with their documents, unless the store has them. @default none */
  sources: z.record(z.string().min(1), z.record(z.string(), z.unknown())).default({}),
  /**
   * Verifies tokens and passwords. Where neither this nor the application has one, everybody is let in.
   *
   * @default the application's
   */
  authenticator: z
    .custom<Authenticator>(
      (value) => typeof (value as Partial<Authenticator> | null)?.authenticate === 'function',
      'must be an Authenticator, with a method authenticate',
    )
    .optional(),
  /** Open the HTTP routes to everybody. Connectors authenticate by their first message all the same. */
  public: z.boolean().default(false),
  /** Leave routes and sockets at their paths where the host has a global prefix. */
  ignoreGlobalPrefix: z.boolean().default(false),
  /** Serve the sockets of connectors. */
  sockets: z.boolean().default(true),
  /** Deadline from open to successful authentication. */
  authenticationTimeout: timeoutSchema.default(10_000),
  /** Deadline from there to the claim, and from `reconnectRequired` to the new claim. */
  claimTimeout: timeoutSchema.default(10_000),
  /** How long publishes and queries wait for a connector that was asked to claim anew, or was sent to another instance. */
  reclaimWait: durationSchema.default(5000),
  /** How long a query may go without a response; partial ones restart it. */
  queryTimeout: timeoutSchema.default(30_000),
  /** Open queries of each source; the next one fails at once. */
  maxOpenQueries: countSchema.default(100),
  /** Rows of a query result, or waiting in a row stream. */
  maxRows: countSchema.default(100_000),
  /** Bytes of a query result, or waiting in a row stream. */
  maxResultBytes: bytesSchema.default(64 * 1024 * 1024),
  /** Largest message taken from a connector. */
  maxPayload: bytesSchema.default(16 * 1024 * 1024),
  /** Largest message sent to a connector, and body of a request: older connectors drop the connection above 1 MiB. */
  maxMessageBytes: bytesSchema.default(1024 * 1024),
  /** Bytes waiting in the send buffer of one connector, above which publishes and queries for it fail. */
  maxBufferedBytes: bytesSchema.default(MAX_BUFFERED_BYTES.connector),
  /**
   * How long a connector may read none of its answers before its socket ends. It is not read either while more than 1 MiB
   * of answers beyond `maxBufferedBytes` waits for it.
   */
  stallTimeout: timeoutSchema.default(30_000),
  /** Newest notifications kept for each source. */
  keepNotifications: z.number().int().nonnegative().default(100),
  /** Bytes they may take. */
  keepNotificationBytes: z
    .number()
    .int()
    .nonnegative()
    .default(1024 * 1024),
  /** First delay of a refused claim; it doubles for the same token and source. */
  refusalDelay: durationSchema.default(1000),
  /** Longest delay of a refused claim. */
  maxRefusalDelay: durationSchema.default(30_000),
  /**
   * Pause between checks whether the credential of a live session still holds, spread over all sessions; a password is
   * checked at every thirtieth. 0 turns them off.
   */
  revalidateInterval: durationSchema.default(10_000),
};

export const CONNECTOR_HUB_OPTIONS = defineOptions('ConnectorHubModule', shape);

/** Options of `ConnectorHubModule`. */
export interface ConnectorHubOptions extends OptionsOf<typeof shape> {}

/** The options with every default filled in; times in milliseconds. */
export type HubSettings = SettingsOf<typeof shape>;

/** Injection token of the hub's checked options. */
export const HUB_SETTINGS = 'millrace:connector-hub-settings';
