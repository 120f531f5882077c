import { z } from 'zod';
import { withFileLock } from '../files/file-lock.js';
import { readIfThere } from '../files/private-file.js';
import { ApiKeyAdministrationError } from './api-key-administration.error.js';
import { byAge, STORED_API_KEY_SCHEMA, type StoredApiKey } from './api-key-record.js';
import { MAX_API_KEYS } from './max-api-keys.js';

const SCHEMA = z.strictObject({ version: z.literal(1), keys: z.array(STORED_API_KEY_SCHEMA) });

/** The keys of a file, oldest first; none when there is no file. @throws Error naming the file and what is wrong in it */
export async function readApiKeyFile(path: string): Promise<StoredApiKey[]> {
  const text = await readIfThere(path);
  return text === undefined ? [] : parse(text, path).sort(byAge);
}

/** Adds a key to a file; it is made when there is none. @throws ApiKeyAdministrationError `conflict` */
export function addToApiKeyFile(path: string, key: StoredApiKey): Promise<void> {
  return withFileLock(path, async (replace) => {
    const keys = await readApiKeyFile(path);
    if (keys.some(({ id }) => id === key.id)) throw new ApiKeyAdministrationError('The id is taken', 'conflict');
    if (keys.length >= MAX_API_KEYS) {
      throw new ApiKeyAdministrationError(`There are ${MAX_API_KEYS} keys already; revoke some`, 'conflict');
    }
    await replace(format([...keys, key]));
  });
}

/** Takes a key out of a file; false when it has none of that id. */
export function removeFromApiKeyFile(path: string, id: string): Promise<boolean> {
  return withFileLock(path, async (replace) => {
    const keys = await readApiKeyFile(path);
    const rest = keys.filter((key) => key.id !== id);
    if (rest.length === keys.length) return false;
    await replace(format(rest));
    return true;
  });
}

/** Notes last uses, in milliseconds since 1970 by id. */
export function touchApiKeyFile(path: string, uses: ReadonlyMap<string, number>): Promise<void> {
  return withFileLock(path, async (replace) => {
    const keys = await readApiKeyFile(path);
    const touched = keys.map((key) => {
      const used = uses.get(key.id);
      if (used === undefined || used <= Date.parse(key.lastUsed ?? '1970-01-01')) return key;
      return { ...key, lastUsed: new Date(used).toISOString() };
    });
    if (touched.some((key, index) => key !== keys[index])) await replace(format(touched));
  });
}

function format(keys: readonly StoredApiKey[]): string {
  return `${JSON.stringify({ version: 1, keys }, null, 2)}\n`;
}

function parse(text: string, path: string): StoredApiKey[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, hashes included.
    throw new Error(`The file of API keys, ${path}, is not JSON`);
  }
  const result = SCHEMA.safeParse(json);
  if (result.success) return result.data.keys;
  const [issue] = result.error.issues;
  throw new Error(
    `The file of API keys, ${path}, is not valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`,
  );
}
