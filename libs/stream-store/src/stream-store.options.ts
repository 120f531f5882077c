import { ConfigurableModuleBuilder } from '@nestjs/common';
import { type Duration, durationSchema } from '@millrace/core';
import { z } from 'zod';
import { REST_CONTROLLERS } from './http/rest-controllers.js';
import type { StreamStore } from './api/stream-store.js';

/** Bounds of every stream that does not bring its own in its metadata. */
export interface RetentionOptions {
  /** Entries kept. @default 1000 */
  maxLength?: number;
  /** Age of the oldest kept entry. @default unbounded */
  maxAge?: Duration;
  /** Bytes of data kept. @default unbounded */
  maxBytes?: number;
}

/** Makes a store; given by `embeddedStore()`, `memoryStore()`, `redisStore()` or a host's own. */
export interface StreamStoreDriver {
  create(context: {
    readonly retention: StreamRetention;
    readonly limits: StreamLimits;
  }): StreamStore | Promise<StreamStore>;
}

export interface StreamStoreOptions {
  /** Where entries live. @default embeddedStore() */
  store?: StreamStoreDriver;
  retention?: RetentionOptions;
  limits?: Partial<StreamLimits>;
  /** Serve the push and pull sockets; needs the line `app.useWebSocketAdapter(new MillraceWsAdapter(app))`. @default true */
  sockets?: boolean;
  /** Endpoints need no token, also beside `AuthModule`. @default false */
  public?: boolean;
}

const LIMITS = z
  .strictObject({
    maxMessageBytes: z
      .number()
      .int()
      .positive()
      .default(16 * 1024 * 1024)
      .describe('One message or uploaded entry, in bytes'),
    maxBatchEntries: z.number().int().positive().default(10_000).describe('Entries in one batch or upload'),
    maxUploadBytes: z
      .number()
      .int()
      .positive()
      .default(256 * 1024 * 1024)
      .describe('One upload, in bytes'),
    maxStreams: z.number().int().positive().default(100_000).describe('Streams in the store'),
    maxJoined: z.number().int().positive().default(100).describe('Stream names joined by + in one path'),
    maxNameBytes: z.number().int().positive().default(512).describe('UTF-8 bytes of a stream name'),
    maxMetadataBytes: z
      .number()
      .int()
      .positive()
      .default(64 * 1024)
      .describe('JSON text of the metadata of one stream, in bytes'),
    maxInFlightBytes: z
      .number()
      .int()
      .positive()
      .default(16 * 1024 * 1024)
      .describe('Bytes of one pusher not yet stored, above which its socket is paused'),
    maxBufferedBytes: z
      .number()
      .int()
      .positive()
      .default(1024 * 1024)
      .describe('Bytes waiting in the send buffer of one puller, above which nothing more is read for it'),
  })
  .prefault({});

const RETENTION = z
  .strictObject({
    maxLength: z.number().int().positive().default(1000),
    maxAge: durationSchema.optional(),
    maxBytes: z.number().int().positive().optional(),
  })
  .prefault({});

/** @internal */
export const STREAM_STORE_OPTIONS_SCHEMA = z.strictObject({
  store: z
    .custom<StreamStoreDriver>(
      (value) => typeof (value as StreamStoreDriver | undefined)?.create === 'function',
      'give embeddedStore(…), redisStore(…) or memoryStore()',
    )
    .optional(),
  retention: RETENTION,
  limits: LIMITS,
  sockets: z.boolean().default(true),
  public: z.boolean().default(false),
});

/** The module's options with every default filled in; `maxAge` in milliseconds. */
export type StreamStoreSettings = z.output<typeof STREAM_STORE_OPTIONS_SCHEMA>;
export type StreamRetention = z.output<typeof RETENTION>;
/** Every limit; each is refused with a clear error when passed. */
export type StreamLimits = z.output<typeof LIMITS>;

/** What decides on the module's shape, so it is given beside the options, also with `forRootAsync`. */
export interface StreamStoreExtras {
  /** Make `StreamStore` injectable everywhere. @default false */
  isGlobal?: boolean;
  /** Serve the REST endpoints. @default true */
  rest?: boolean;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } = new ConfigurableModuleBuilder<StreamStoreOptions>()
  .setClassMethodName('forRoot')
  .setExtras<StreamStoreExtras>({ isGlobal: false, rest: true }, (definition, { isGlobal, rest }) => ({
    ...definition,
    global: isGlobal,
    controllers: rest ? [...REST_CONTROLLERS] : [],
  }))
  .build();
