import { defineOptions, type OptionsOf } from '@millrace/core/options';
import { z } from 'zod';

const shape = {
  /** Where the data lie; it is made when it is not there. One process at a time may use it. */
  directory: z.string().min(1).default('data/streams'),
};

/** @internal */
export const EMBEDDED_STORE_OPTIONS = defineOptions('embeddedStore', shape);

export interface EmbeddedStoreOptions extends OptionsOf<typeof shape> {}
