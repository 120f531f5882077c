import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { defineOptions, type OptionsOf, type SettingsOf } from '../options/define-options.js';
import { bytesSchema, timeoutSchema } from '../options/units.js';

const shape = {
  /** Span in which `minBytes` of a body must come, or what is left of it. Only time counts in which the server takes them. */
  window: timeoutSchema.default(20_000),
  /** Bytes of a body that must come within each `window`. */
  minBytes: bytesSchema.default(10_000),
  /** Requests whose bodies may be as slow as they like, for example `({ url }) => url === '/live'`. @default none */
  except: z.custom<(request: IncomingMessage) => boolean>((value) => typeof value === 'function').optional(),
};

export const SLOW_BODIES_OPTIONS = defineOptions('SlowBodies', shape);

/** Options of `SlowBodies.configure()`. */
export interface SlowBodiesOptions extends OptionsOf<typeof shape> {}
export type SlowBodiesSettings = SettingsOf<typeof shape>;
