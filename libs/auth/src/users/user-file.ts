import { z } from 'zod';
import { readIfThere } from '../files/private-file.js';
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
  const text = await readIfThere(path);
  return text === undefined ? [] : parseUsers(text, path);
}

/** The text of a file of users. */
export function formatUserFile(users: readonly StoredUser[]): string {
  return `${JSON.stringify({ version: 1, users }, null, 2)}\n`;
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
