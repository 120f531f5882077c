import { defineOptions, type OptionsOf, type SettingsOf } from '@millrace/core/options';
import { z } from 'zod';

const shape = {
  /** What the console calls the server: in its head and in the titles of its pages. */
  title: z.string().min(1).max(100).default('Millrace'),
  /** Version of your application, in the documents of its interfaces. */
  version: z.string().min(1).max(100).default('1.0.0'),
};

/** @internal */
export const CONSOLE_OPTIONS = defineOptions('ConsoleModule', shape);

/** Options of `ConsoleModule.forRoot()`. */
export interface ConsoleOptions extends OptionsOf<typeof shape> {}

/** The options with every default filled in. */
export type ConsoleSettings = SettingsOf<typeof shape>;

/** Token of the validated settings. */
export const CONSOLE_SETTINGS = Symbol('CONSOLE_SETTINGS');
