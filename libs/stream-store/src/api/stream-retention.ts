import { bytesSchema, countSchema, durationSchema, type SettingsOf } from '@millrace/core/options';

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
