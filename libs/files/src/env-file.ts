import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import { FileAccessError, whyRefused, withFile } from './file-access.error.js';

/**
 * Reads the file `.env` of the working directory into the environment of this process, where there is one. What the
 * environment has already stays. So a server and the commands of its operator have the same settings.
 *
 * @throws FileAccessError for one that cannot be read
 */
export function readEnvFile(): void {
  const path = resolve('.env');
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return;
  const code = 'EISDIR';
  if (stats.isDirectory()) throw new FileAccessError(path, code, whyRefused({ code }) ?? code);
  withFile(path, () => accessSync(path, constants.R_OK));
  loadEnvFile(path);
}
