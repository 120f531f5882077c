import type { Command } from 'commander';
import { collect } from '../../arguments/argument-parsers.js';
import { NothingFoundError } from '../../errors/nothing-found.error.js';
import { readNewSecret } from '../../input/read-secret.js';
import { printable } from '../../output/human.js';
import { sayScopes } from '../../output/scopes.js';
import type { CommandSession } from '../../command-session.js';
import type { CommandRunner } from '../command-runner.js';
import { DATA_DIR_OPTION, type OperatorOptions } from './data-folder.js';
import { userAdministration } from './user-administration.js';

/** `millrace users add|list|remove`. */
export function addUsersCommand(program: Command, runner: CommandRunner): void {
  const users = program.command('users').description('for operators: users, of a running server or in its data folder');
  users
    .command('add')
    .description('add a user, or give one a new password and scopes')
    .argument('<name>')
    .option('--scope <scope>', 'what the user may do; may be given several times (default: everything)', collect)
    .option(...DATA_DIR_OPTION)
    .action(runner(add))
    .addHelpText(
      'after',
      `
The password is asked for on the terminal, or read from the first line of standard input.

Example:
  millrace users add alice --scope 'streams:read:camera*' --scope rpc --data-dir /var/lib/millrace`,
    );
  users
    .command('list')
    .description('names, scopes and when they were added')
    .option(...DATA_DIR_OPTION)
    .action(runner(list));
  users
    .command('remove')
    .description('remove a user; tokens that the user has stay valid until they run out')
    .argument('<name>')
    .option(...DATA_DIR_OPTION)
    .action(runner(remove));
}

async function add(
  session: CommandSession,
  name: string,
  options: OperatorOptions & { scope?: string[] },
): Promise<void> {
  const { scope: scopes = ['*'] } = options;
  const users = await userAdministration(session, options);
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
