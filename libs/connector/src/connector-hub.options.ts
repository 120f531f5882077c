import { Authenticator, durationSchema, type Duration } from '@millrace/core';
import { z } from 'zod';
import type { SourceConfiguration } from './api/source-configuration.js';
import { SourceStore } from './api/source-store.port.js';

/** Options of {@link ConnectorHubModule}. */
export interface ConnectorHubOptions {
  /** Where sources and their documents are kept. @default new MemorySourceStore() */
  store?: SourceStore;
  /** Sources to create at start, with their documents, unless the store has them. */
  sources?: Readonly<Record<string, SourceConfiguration>>;
  /** Verifies tokens and passwords. @default the application's `Authenticator`; without one everybody is let in */
  authenticator?: Authenticator;
  /** Opens the HTTP routes to everybody. Connectors authenticate by their first message all the same. @default false */
  public?: boolean;
  /** Whether to serve the sockets. @default true */
  sockets?: boolean;
  /** Deadline from open to successful authentication. @default '10s' */
  authenticationTimeout?: Duration;
  /** Deadline from there to the claim, and from `reconnectRequired` to the new claim. @default '10s' */
  claimTimeout?: Duration;
  /** How long publishes and queries wait for a connector that was told to reconnect. @default '5s' */
  reclaimWait?: Duration;
  /** How long a query may go without a response; partial ones restart it. @default '30s' */
  queryTimeout?: Duration;
  /** Open queries of each source; the next one fails at once. @default 100 */
  maxOpenQueries?: number;
  /** Rows of a query result, or waiting in a row stream. @default 100000 */
  maxRows?: number;
  /** Bytes of a query result, or waiting in a row stream. @default 67108864 */
  maxResultBytes?: number;
  /** Largest message taken from a connector, in bytes. @default 16777216 */
  maxPayload?: number;
  /** Largest message sent to a connector, in bytes: older connectors drop the connection above 1 MiB. @default 1048576 */
  maxMessageBytes?: number;
  /** Bytes that may wait in the send buffer of a connector; then publishes fail. @default 8388608 */
  maxBufferedBytes?: number;
  /**
   * How long a connector that reads none of its answers is borne. It is not read either as soon as 1 MiB of answers
   * beyond `maxBufferedBytes` waits for it; when it then takes nothing for this long, its socket is ended. @default '30s'
   */
  stallTimeout?: Duration;
  /** Newest notifications kept for each source. @default 100 */
  keepNotifications?: number;
  /** Bytes they may take. @default 1048576 */
  keepNotificationBytes?: number;
  /** First delay of a refused claim; doubles for the same token and source. @default '1s' */
  refusalDelay?: Duration;
  /** Longest delay of a refused claim. @default '30s' */
  maxRefusalDelay?: Duration;
  /**
   * Pause between checks whether the credential of a live session still holds, spread over all sessions; a password is
   * checked at every thirtieth. 0 turns them off. @default '10s'
   */
  revalidateInterval?: Duration;
}

const count = z.number().int().positive();

/** Schema of {@link ConnectorHubOptions}; fills in the defaults. Times become milliseconds. */
export const hubOptionsSchema = z.strictObject({
  store: z.instanceof(SourceStore).optional(),
  sources: z.record(z.string().min(1), z.record(z.string(), z.unknown())).default({}),
  authenticator: z
    .custom<Authenticator>((value) => typeof (value as Partial<Authenticator> | null)?.authenticate === 'function')
    .optional(),
  public: z.boolean().default(false),
  sockets: z.boolean().default(true),
  authenticationTimeout: durationSchema.default(10_000),
  claimTimeout: durationSchema.default(10_000),
  reclaimWait: durationSchema.default(5000),
  queryTimeout: durationSchema.default(30_000),
  maxOpenQueries: count.default(100),
  maxRows: count.default(100_000),
  maxResultBytes: count.default(64 * 1024 * 1024),
  maxPayload: count.default(16 * 1024 * 1024),
  maxMessageBytes: count.default(1024 * 1024),
  maxBufferedBytes: count.default(8 * 1024 * 1024),
  stallTimeout: durationSchema.refine((value) => value > 0, 'must be longer than 0').default(30_000),
  keepNotifications: z.number().int().nonnegative().default(100),
  keepNotificationBytes: z
    .number()
    .int()
    .nonnegative()
    .default(1024 * 1024),
  refusalDelay: durationSchema.default(1000),
  maxRefusalDelay: durationSchema.default(30_000),
  revalidateInterval: durationSchema.default(10_000),
});

/** Options with every default filled in. */
export type HubSettings = z.output<typeof hubOptionsSchema>;
