export { readEnvFile } from './env-file.js';
export { FileAccessError, fileError, whyRefused, withFile } from './file-access.error.js';
export { FileHeldError } from './file-held.error.js';
export { withFileLock } from './file-lock.js';
export { holdFolder } from './hold-folder.js';
export {
  makePrivateFile,
  makePrivateFolder,
  readIfThere,
  replaceFile,
  versionOfFile,
  writePrivateFile,
} from './private-file.js';
export { isDiskFull, whyNotWritten } from './why-not-written.js';
