export { durationSchema } from './duration.js';
export { OptionsError } from './options.error.js';
export { validateOptions } from './validate-options.js';
