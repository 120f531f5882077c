export { FileHeldError } from './file-held.error.js';
export { withFileLock } from './file-lock.js';
export { holdFolder } from './hold-folder.js';
export { makePrivateFile, makePrivateFolder, readIfThere, versionOfFile, writePrivateFile } from './private-file.js';
export { whyNotWritten } from './why-not-written.js';
