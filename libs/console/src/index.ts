export { ConsoleModule } from './console.module.js';
export type { ConsoleOptions } from './console.options.js';
export type { ConsolePart } from './console.part.js';
export { CONSOLE_AREA } from './console.tokens.js';
