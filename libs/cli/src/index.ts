export type { CliContext } from './context.js';
export { InterruptedError } from './errors/interrupted.error.js';
export { EXIT } from './exit-codes.js';
export { run } from './run.js';
