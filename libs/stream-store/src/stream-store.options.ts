import {
  bytesSchema,
  countSchema,
  defineOptions,
  MAX_BUFFERED_BYTES,
  type OptionsOf,
  type SettingsOf,
  timeoutSchema,
} from '@millrace/core/options';
import { z } from 'zod';
import type { StreamStore } from './api/stream-store.js';

/** Validated options of the module, by injection. */
export const STREAM_STORE_SETTINGS = Symbol('stream-store:settings');

/** Area of the module's endpoints for `AccessPolicy`, and first part of its scopes (`streams:read:<name>`). */
export const STREAMS_AREA = 'streams';

const MIB = 1024 * 1024;

const limits = {
  /** One message or uploaded entry. */
  maxMessageBytes: bytesSchema.default(16 * MIB),
  /** Entries of one batch or upload. */
  maxBatchEntries: countSchema.default(10_000),
  /** One upload. */
  maxUploadBytes: bytesSchema.default(256 * MIB),
  /** Streams of the store; a name that has metadata only counts as well. */
  maxStreams: countSchema.default(100_000),
  /** Those of them that one user or API key may have made. */
  maxStreamsPerPrincipal: countSchema.default(10_000),
  /** Groups of consumers of one stream. */
  maxGroups: countSchema.default(100),
  /** Stream names joined by `+` in one path. */
  maxJoined: countSchema.default(100),
  /** A stream's name, in UTF-8. */
  maxNameBytes: bytesSchema.default(512),
  /** The metadata of one stream, as JSON text. */
  maxMetadataBytes: bytesSchema.default(64 * 1024),
  /** Bytes received from one pusher and not yet stored, above which its socket is paused. */
  maxInFlightBytes: bytesSchema.default(16 * MIB),
  /** Bytes waiting in the send buffer of one peer, above which nothing more is produced for it. */
  maxBufferedBytes: bytesSchema.default(MAX_BUFFERED_BYTES.stream),
};

/** Every limit of the module; what passes one is refused with an error that names it. */
export type StreamLimits = SettingsOf<typeof limits>;

const retention = {
  /** Entries kept. */
  maxLength: countSchema.default(1000),
  /** Age of the oldest kept entry. @default unbounded */
  maxAge: timeoutSchema.optional(),
  /** Bytes of data kept. @default unbounded */
  maxBytes: bytesSchema.optional(),
};

/** Bounds of every stream whose metadata name no others; `maxAge` in milliseconds. */
export type StreamRetention = SettingsOf<typeof retention>;

/** Makes a store; given by `embeddedStore()`, `memoryStore()`, `redisStore()` or a host's own. */
export interface StreamStoreDriver {
  create(context: {
    readonly retention: StreamRetention;
    readonly limits: StreamLimits;
  }): StreamStore | Promise<StreamStore>;
}

const shape = {
  /** Where entries live: a driver of the table below, or one of your own. @default `embeddedStore()` */
  store: z
    .custom<StreamStoreDriver>(
      (value) => typeof (value as StreamStoreDriver | undefined)?.create === 'function',
      'give embeddedStore(…), redisStore(…), memoryStore() or a driver of your own',
    )
    .optional(),
  /** Leave routes and sockets at their paths where the host has a global prefix. */
  ignoreGlobalPrefix: z.boolean().default(false),
  retention,
  limits,
  /** Serve the push and pull sockets; they need the line `app.useWebSocketAdapter(new MillraceWsAdapter(app))`. */
  sockets: z.boolean().default(true),
  /** Endpoints need no token, even beside `AuthModule`. */
  public: z.boolean().default(false),
};

/** @internal */
export const STREAM_STORE_OPTIONS = defineOptions('StreamStoreModule', shape);

export interface StreamStoreOptions extends OptionsOf<typeof shape> {}

/** The module's options with every default filled in; durations in milliseconds. */
export type StreamStoreSettings = SettingsOf<typeof shape>;
