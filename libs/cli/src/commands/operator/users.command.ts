import type { Command } from 'commander';
import { UserFile } from '@millrace/accounts';
import { collect } from '../../arguments/argument-parsers.js';
import type { CommandSession, CommandRunner } from '../../command-session.js';
import { NothingFoundError, UsageError } from '../../errors/cli.errors.js';
import { readNewSecret } from '../../input/read-secret.js';
import { printable, sayScopes, sayScopesMissing } from '../../output/human.js';
import { DATA_DIR_OPTION, type OperatorOptions, dataFolder } from './data-folder.js';

/** `millrace users add|list|remove`. */
export function addUsersCommand(program: Command, runner: CommandRunner): void {
  const users = program.command('users').description('for operators: users, of a running server or in its data folder');
  users
    .command('add')
    .description(
      'add a user, or give one a new password and, with --scope, new scopes, which revokes the tokens of before',
    )
    .argument('<name>')
    .option('--scope <scope>', 'what the user may do; may be given several times; a new user needs one', collect)
    .option(...DATA_DIR_OPTION)
    .action(runner(add))
    .addHelpText(
      'after',
      `
The password is asked for on the terminal, or read from the first line of standard input.

Examples:
  millrace users add alice --scope 'streams:read:camera*' --scope rpc --data-dir /var/lib/millrace
  millrace users add operator --scope '*'        # may do everything
  millrace users add alice                       # a new password, the same scopes`,
    );
  users
    .command('list')
    .description('names, scopes and when they were added')
    .option(...DATA_DIR_OPTION)
    .action(runner(list));
  users
    .command('remove')
    .description('remove a user, and revoke the tokens that the user has')
    .argument('<name>')
    .option(...DATA_DIR_OPTION)
    .action(runner(remove));
}

async function add(
  session: CommandSession,
  name: string,
  options: OperatorOptions & { scope?: string[] },
): Promise<void> {
  const users = await userAdministration(session, options);
  // Before the password is asked for.
  const scopes = options.scope ?? (await users.list()).find((user) => user.name === name)?.scopes;
  if (!scopes) throw new UsageError(sayScopesMissing('user', `millrace users add ${name}`));
  const password = await readNewSecret(session.context, 'password');
  const isNew = await users.add({ name, password, scopes });
  await session.output.result({ name, scopes, new: isNew }, () => {
    return `${isNew ? 'Added' : 'Changed'} ${printable(name)}; may do: ${sayScopes(scopes)}\n`;
  });
}

async function list(session: CommandSession, options: OperatorOptions): Promise<void> {
  const users = await (await userAdministration(session, options)).list();
  const rows = users.map(({ name, scopes, created }) => [name, sayScopes(scopes), created]);
  await session.output.list(users, ['name', 'may do', 'added'], rows);
}

async function remove(session: CommandSession, name: string, options: OperatorOptions): Promise<void> {
  const users = await userAdministration(session, options);
  if (!(await users.remove(name))) throw new NothingFoundError(`There is no user "${name}"`);
  await session.output.result({ name, removed: true }, () => `Removed ${printable(name)}\n`);
}

/** The users of a server. */
type UserAdministration = Pick<UserFile, 'add' | 'list' | 'remove'>;

/** The users in a data folder, or those of a running server. */
async function userAdministration(session: CommandSession, options: OperatorOptions): Promise<UserAdministration> {
  const folder = dataFolder(session, options);
  return folder === undefined ? usersOfServer(session) : UserFile.in(folder);
}

async function usersOfServer(session: CommandSession): Promise<UserAdministration> {
  const millrace = await session.connect();
  const { signal } = session;
  return {
    add: async ({ name, ...user }) => (await millrace.users.put(name, user, { signal })).new,
    list: () => millrace.users.list({ signal }),
    remove: async (name) => {
      await millrace.users.remove(name, { signal });
      return true;
    },
  };
}
