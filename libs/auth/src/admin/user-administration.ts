import { withFileLock } from '../files/file-lock.js';
import { isScope } from '../scopes/is-scope.js';
import { hashPassword, verifyPassword } from '../users/password-hash.js';
import { formatUserFile, readUserFile, type StoredUser } from '../users/user-file.js';

/** A user as it may be shown: without the hash. */
export interface UserRecord {
  readonly name: string;
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly created: string;
}

export interface NewUser {
  readonly name: string;
  readonly password: string;
  /** @default ['*'], everything */
  readonly scopes?: readonly string[];
}

/** A request to change the file of users which cannot be fulfilled; the message says why. */
export class UserAdministrationError extends Error {
  override readonly name = 'UserAdministrationError';
}

const MIN_PASSWORD_LENGTH = 8;
const MAX_LENGTH = 1024;

/**
 * Adds a user, or gives an existing one a new password and scopes.
 *
 * @param path the file of users; it is made when there is none
 * @returns whether the user is new
 * @throws UserAdministrationError when name, password or a scope cannot be taken
 */
export async function addUser(path: string, { name, password, scopes = ['*'] }: NewUser): Promise<boolean> {
  checkName(name);
  checkPassword(password);
  for (const scope of scopes) checkScope(scope);
  const hash = await hashPassword(password);
  return withFileLock(path, async (replace) => {
    const users = await readUserFile(path);
    const before = users.find((user) => user.name === name);
    const user: StoredUser = {
      name,
      hash,
      scopes: [...scopes],
      created: before?.created ?? new Date().toISOString(),
    };
    const after = before ? users.map((other) => (other === before ? user : other)) : [...users, user];
    await replace(formatUserFile(after));
    return !before;
  });
}

/** The users of a file, by name. */
export async function listUsers(path: string): Promise<UserRecord[]> {
  const users = await readUserFile(path);
  return users
    .map(({ name, scopes, created }) => ({ name, scopes, created }))
    .sort((first, second) => (first.name < second.name ? -1 : 1));
}

/** Removes a user; false when there is none of that name. Tokens given out live on until they run out. */
export function removeUser(path: string, name: string): Promise<boolean> {
  return withFileLock(path, async (replace) => {
    const users = await readUserFile(path);
    const rest = users.filter((user) => user.name !== name);
    if (rest.length === users.length) return false;
    await replace(formatUserFile(rest));
    return true;
  });
}

/** Whether name and password fit. */
export async function verifyUser(path: string, name: string, password: string): Promise<boolean> {
  const user = (await readUserFile(path)).find((candidate) => candidate.name === name);
  return user !== undefined && verifyPassword(password, user.hash);
}

function checkName(name: string): void {
  if (name.length > 0 && name.length <= MAX_LENGTH && !/\p{Cc}/u.test(name) && name.trim() === name) return;
  throw new UserAdministrationError('A user needs a name, without control characters and without spaces at its ends');
}

function checkPassword(password: string): void {
  if (password.length >= MIN_PASSWORD_LENGTH && password.length <= MAX_LENGTH) return;
  throw new UserAdministrationError(`A password has ${MIN_PASSWORD_LENGTH} to ${MAX_LENGTH} characters`);
}

function checkScope(scope: string): void {
  if (isScope(scope)) return;
  throw new UserAdministrationError(`"${scope}" is no scope; write for example streams:read:camera*`);
}
