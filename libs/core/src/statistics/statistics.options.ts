import { z } from 'zod';
import { defineOptions, type OptionsOf, type SettingsOf } from '../options/define-options.js';
import { countSchema, durationSchema, timeoutSchema } from '../options/units.js';

/** Area of the statistics, for `AccessPolicy`, and first part of their scope. */
export const STATISTICS_AREA = 'statistics';

/** Token of what `forRoot()` was given. @internal */
export const STATISTICS_OPTIONS_TOKEN = 'millrace:statistics-options';

/** Token of the options with all defaults filled in. @internal */
export const STATISTICS_SETTINGS = 'millrace:statistics-settings';

const shape = {
  /** From one sample to the next. */
  interval: timeoutSchema.refine((span) => span >= 100, 'must be 100 milliseconds or more').default(5000),
  /** Samples that are kept: a quarter of an hour at the default interval. */
  samples: countSchema.default(180),
  /** Series that are sampled: further ones are left out, and named. */
  maxSeries: countSchema.default(200),
  /** How long a watcher may take nothing of what waits for it; then it is cut off, unless this is 0. */
  watcherTimeout: durationSchema.default(30_000),
  /** Leave the route at its path where the host has a global prefix. */
  ignoreGlobalPrefix: z.boolean().default(false),
  /** The statistics need no credential, also beside `AuthModule`. */
  public: z.boolean().default(false),
};

/** @internal */
export const STATISTICS_OPTIONS = defineOptions('MillraceStatisticsModule', shape);

/** Options of `MillraceStatisticsModule.forRoot()`. */
export interface StatisticsOptions extends OptionsOf<typeof shape> {}

/** The options with every default filled in; times in milliseconds. */
export type StatisticsSettings = SettingsOf<typeof shape>;
