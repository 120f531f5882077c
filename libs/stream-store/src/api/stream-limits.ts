import { z } from 'zod';

/** @internal */
export const LIMITS_SCHEMA = z
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

/** Every limit; each is refused with a clear error when passed. */
export type StreamLimits = z.output<typeof LIMITS_SCHEMA>;
