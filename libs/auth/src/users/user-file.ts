import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { isPasswordHash } from './password-hash.js';

const SCHEMA = z.strictObject({
  version: z.literal(1),
  users: z.array(
    z.strictObject({
      name: z.string().min(1),
      hash: z.string().refine(isPasswordHash, 'is not a hash of this program'),
      scopes: z.array(z.string().min(1)),
      created: z.string(),
    }),
  ),
});

/** One user as the file has it. */
export type StoredUser = z.output<typeof SCHEMA>['users'][number];

/** The users of a file; none when there is no file. @throws Error naming the file and what is wrong in it */
export async function readUserFile(path: string): Promise<StoredUser[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return parseUsers(text, path);
}

/** Something that changes whenever the file does; undefined when there is no file. */
export async function versionOfUserFile(path: string): Promise<string | undefined> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return `${mtimeNs}:${size}:${ino}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces the file in one step: a reader sees the old one or the new one, also after a crash. Only the owner may read it. */
export async function writeUserFile(path: string, users: readonly StoredUser[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify({ version: 1, users }, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(draft, 0o600);
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
}

function parseUsers(text: string, path: string): StoredUser[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, hashes included.
    throw new Error(`The file of users, ${path}, is not JSON`);
  }
  const result = SCHEMA.safeParse(json);
  if (result.success) return result.data.users;
  const [issue] = result.error.issues;
  throw new Error(`The file of users, ${path}, is not valid: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
}
