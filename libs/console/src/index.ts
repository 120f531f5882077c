export { ConsoleModule } from './console.module.js';
export type { ConsoleOptions } from './console.options.js';
export { CONSOLE_AREA } from './console.tokens.js';
