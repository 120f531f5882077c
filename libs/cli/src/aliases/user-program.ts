import { resolve } from 'node:path';
import { UserFile } from '@millrace/accounts';
import { sayScopes, sayScopesMissing } from '../output/human.js';
import { keepsAccountsInRedis } from '../server/accounts-in-redis.js';
import { ArgumentsError, type Program, type ProgramCall, say, sayList } from './program.js';

const USAGE = `Usage: millrace-user <command> [options]

  add <name> [--scope <scope> ...]   add a user, or set a new password; a new user needs a --scope.
                                     A new password revokes the tokens that the user has
  list                               names, scopes and when they were added
  remove <name>                      remove a user, and revoke the tokens that the user has
  verify <name>                      check a password

  --file <path>   the file of users (default: users.json in MILLRACE_DATA_DIR, else in data/)
  --json          for programs

The password is asked for on the terminal, or read from the first line of standard input. The settings are those of the
server: from the environment, and from the file .env in this folder. A server that keeps its users in Redis has them at PUT,
GET and DELETE /users: see "millrace users".
`;

/** `millrace-user`: users in a file. */
export const USER_PROGRAM: Program = {
  usage: USAGE,
  options: { scope: { type: 'string', multiple: true } },
  commands: {
    add: { operand: 'name', run: add },
    list: { run: list },
    remove: { operand: 'name', run: remove },
    verify: { operand: 'name', run: verify },
  },
};

/** The server with these settings would not see a user in a file. */
class UsersInRedisError extends Error {
  constructor(file: string) {
    super(
      'A server with these settings keeps its users in Redis (REDIS_URL, MILLRACE_STORE), and not in a file. ' +
        'Ask it while it runs: millrace users add <name> --endpoint <its address>. ' +
        `While it has none, it takes those of a file over; add the first one there: --file ${file}`,
    );
  }
}

function usersOf({ file, env }: ProgramCall): UserFile {
  if (file !== undefined) return new UserFile(resolve(file));
  const users = UserFile.in(resolve(env['MILLRACE_DATA_DIR'] || 'data'));
  if (keepsAccountsInRedis(env)) throw new UsersInRedisError(users.path);
  return users;
}

async function add(call: ProgramCall): Promise<number> {
  const { operand: name } = call;
  const users = usersOf(call);
  const scopes = call.scopes ?? (await users.list()).find((user) => user.name === name)?.scopes;
  if (!scopes) throw new ArgumentsError(sayScopesMissing('user', `add ${name}`));
  const isNew = await users.add({ name, password: await call.readPassword(), scopes });
  const text = `${isNew ? 'Added' : 'Changed'} ${name} in ${users.path}; may do: ${sayScopes(scopes)}\n`;
  say(call, { name, scopes, new: isNew }, text);
  return 0;
}

async function list(call: ProgramCall): Promise<number> {
  const file = usersOf(call);
  sayList(call, await file.list(), `No users in ${file.path}`, (user) => {
    return [user.name, sayScopes(user.scopes), user.created];
  });
  return 0;
}

async function remove(call: ProgramCall): Promise<number> {
  const { operand: name } = call;
  const users = usersOf(call);
  const removed = await users.remove(name);
  say(call, { name, removed }, removed ? `Removed ${name}\n` : `There is no user ${name} in ${users.path}\n`);
  return removed ? 0 : 1;
}

async function verify(call: ProgramCall): Promise<number> {
  const { operand: name } = call;
  const right = (await usersOf(call).verify(name, await call.readPassword())) !== undefined;
  say(call, { name, right }, right ? 'Right\n' : 'Name and password do not fit\n');
  return right ? 0 : 1;
}
