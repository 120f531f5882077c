import { durationSchema } from '@millrace/core/options';
import type { Duration } from '@millrace/protocol';
import { z } from 'zod';

/** Bounds of every stream that does not bring its own in its metadata. */
export interface RetentionOptions {
  /** Entries kept. @default 1000 */
  maxLength?: number;
  /** Age of the oldest kept entry. @default unbounded */
  maxAge?: Duration;
  /** Bytes of data kept. @default unbounded */
  maxBytes?: number;
}

/** @internal */
export const RETENTION_SCHEMA = z
  .strictObject({
    maxLength: z.number().int().positive().default(1000),
    maxAge: durationSchema.optional(),
    maxBytes: z.number().int().positive().optional(),
  })
  .prefault({});

/** {@link RetentionOptions} with every default filled in; `maxAge` in milliseconds. */
export type StreamRetention = z.output<typeof RETENTION_SCHEMA>;
