import { bytesSchema, countSchema, durationSchema, MAX_BUFFERED_BYTES, type SettingsOf } from '@millrace/core/options';
import type { StreamStore } from './stream-store.js';

const MIB = 1024 * 1024;

/** @internal */
export const limits = {
  /** One message or uploaded entry. */
  maxMessageBytes: bytesSchema.default(16 * MIB),
  /** Entries of one batch or upload. */
  maxBatchEntries: countSchema.default(10_000),
  /** One upload. */
  maxUploadBytes: bytesSchema.default(256 * MIB),
  /** Streams of the store. */
  maxStreams: countSchema.default(100_000),
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

/** @internal */
export const retention = {
  /** Entries kept. */
  maxLength: countSchema.default(1000),
  /** Age of the oldest kept entry. @default unbounded */
  maxAge: durationSchema.optional(),
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
