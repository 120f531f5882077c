export { defineOptions, type OptionsDefinition, type OptionsOf, type SettingsOf } from './define-options.js';
export { durationSchema } from './duration.js';
export { withoutLogin } from './format-value.js';
export { secret, withUnit } from './option-meta.js';
export type { OptionRow } from './option-rows.js';
export { type OptionShape, objectSchema } from './option-shape.js';
export { OptionsError } from './options.error.js';
export { bytesSchema, countSchema } from './sizes.js';
export { validateOptions } from './validate-options.js';
