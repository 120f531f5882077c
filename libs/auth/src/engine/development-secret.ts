import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, makePrivateFolder, whyNotWritten } from '@millrace/files';

/** Name of the file in the data directory. */
const SECRET_FILE = 'jwt-secret';

const BYTES = 32;

/**
 * The random signing secret of development, kept in the data directory so that tokens outlive a restart. Only the
 * owner may read the file. Several processes that start at once agree on one secret.
 */
export function developmentSecret(dataDirectory: string): string {
  const path = join(dataDirectory, SECRET_FILE);
  const kept = readSecret(path);
  if (kept) return kept;
  makePrivateFolder(dataDirectory);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, `${randomBytes(BYTES).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
    // A link fails where a rename would replace what another process has just put there.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      const reason = whyNotWritten(error);
      throw reason
        ? new Error(`The signing secret cannot be kept in ${dataDirectory}. ${reason}`, { cause: error })
        : error;
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return readSecret(path) ?? fail(path);
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || fail(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(error, path);
  }
}

function fail(path: string): never {
  throw new Error(`The file of the signing secret, ${path}, is empty; remove it to have a new one made`);
}
