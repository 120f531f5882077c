export {
  defineOptions,
  type OptionsDefinition,
  OptionsError,
  type OptionsOf,
  type SettingsOf,
} from './define-options.js';
export { bytesSchema, countSchema, durationSchema, MAX_BUFFERED_BYTES, timeoutSchema } from './units.js';
export { secret, withUnit } from './option-meta.js';
export type { OptionRow } from './option-rows.js';
export { objectSchema, type OptionShape } from './option-shape.js';
