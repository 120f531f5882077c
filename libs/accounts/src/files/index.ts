export { withFileLock } from './file-lock.js';
export { readIfThere } from './private-file.js';
