import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CredentialsFileError } from '../credentials.errors.js';
import type { ConnectionSources } from '../connection-settings.js';
import { parseCredentials } from './credentials-file.js';

/** A larger file is not a credentials file, and is not read. */
const MAX_FILE = 1024 * 1024;

export interface NodeSourcesOptions {
  /** @default process.env */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Home directory, in which the credentials files are. @default os.homedir() */
  home?: string;
}

/** The sources of a program in Node: its environment, and files in the home directory. */
export function nodeSources({
  environment = process.env,
  home = homedir(),
}: NodeSourcesOptions = {}): ConnectionSources {
  return {
    environment,
    pathOf: (file) => join(home, file),
    credentials: (file, lenient) => {
      const path = join(home, file);
      const text = readCredentials(path);
      return text === undefined ? undefined : parseCredentials(text, path, lenient);
    },
    certificates: (path) => readFileSync(path, 'utf8'),
  };
}

function readCredentials(path: string): string | undefined {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new CredentialsFileError(path, 'is not a file');
    if (stats.size > MAX_FILE) throw new CredentialsFileError(path, 'is far too large for a list of profiles');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR')
      return undefined;
    if (error instanceof CredentialsFileError) throw error;
    throw new CredentialsFileError(path, 'cannot be read', { cause: error });
  }
}
