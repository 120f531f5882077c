import { bytesSchema, defineOptions, type OptionsOf, type SettingsOf } from '@millrace/core/options';
import { z } from 'zod';

const shape = {
  /** Where the data lie; it is made when it is not there. One process at a time may use it. */
  directory: z.string().min(1).default('data/streams'),
  /** Bytes that entries leave free on the disk: appends are refused below. @default a 16th of the disk, at most 64 MiB */
  reserve: bytesSchema.optional(),
  /**
   * Bytes held in the data file while the disk has less than 1 GiB free, so that deleting works when others have filled
   * it. An entry that is larger is refused then. @default an 8th of the disk, at most 32 MiB
   */
  headroom: bytesSchema.optional(),
};

/** @internal */
export const EMBEDDED_STORE_OPTIONS = defineOptions('embeddedStore', shape);

export interface EmbeddedStoreOptions extends OptionsOf<typeof shape> {}

/** The options with what has a default filled in. */
export type EmbeddedStoreSettings = SettingsOf<typeof shape>;
