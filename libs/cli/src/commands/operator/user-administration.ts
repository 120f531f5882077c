import { UserFile, type UserRecord } from '@millrace/accounts';
import type { CommandSession } from '../../command-session.js';
import { dataFolder, type OperatorOptions } from './data-folder.js';

/** What a user is to be. */
export interface UserRequest {
  readonly name: string;
  readonly password: string;
  readonly scopes: readonly string[];
}

/** The users of a server. */
export interface UserAdministration {
  /** @returns whether the user is new */
  add(request: UserRequest): Promise<boolean>;
  list(): Promise<readonly UserRecord[]>;
  /** @returns false when there is no such user */
  remove(name: string): Promise<boolean>;
}

/** The users in a data folder, or those of a running server. */
export async function userAdministration(
  session: CommandSession,
  options: OperatorOptions,
): Promise<UserAdministration> {
  const folder = dataFolder(session, options);
  return folder === undefined ? usersOfServer(session) : UserFile.in(folder);
}

async function usersOfServer(session: CommandSession): Promise<UserAdministration> {
  const millrace = await session.connect();
  const { signal } = session;
  const pathOf = (name: string): string => `users/${encodeURIComponent(name)}`;
  return {
    add: async ({ name, password, scopes }) => {
      const answer = await millrace.request('PUT', pathOf(name), { password, scopes }, { signal });
      return (answer as { new?: unknown } | undefined)?.new === true;
    },
    list: async () => (await millrace.request('GET', 'users', undefined, { signal })) as UserRecord[],
    remove: async (name) => {
      await millrace.request('DELETE', pathOf(name), undefined, { signal });
      return true;
    },
  };
}
