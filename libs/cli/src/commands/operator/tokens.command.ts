import { RevokedTokensFile } from '@millrace/accounts';
import type { Command } from 'commander';
import type { CommandRunner, CommandSession } from '../../command-session.js';
import { UsageError } from '../../errors/cli.errors.js';
import { printable } from '../../output/human.js';
import { DATA_DIR_OPTION, dataFolder, type OperatorOptions } from './data-folder.js';

interface RevokeOptions extends OperatorOptions {
  readonly user?: string;
  readonly id?: string;
}

/** `millrace tokens revoke`. */
export function addTokensCommand(program: Command, runner: CommandRunner): void {
  const tokens = program
    .command('tokens')
    .description('for operators: tokens, of a running server or by its data folder');
  tokens
    .command('revoke')
    .description('revoke all tokens that a user has, or one; requests and sockets of them end within seconds')
    .option('--user <name>', 'the user; tokens that the user gets from now on count')
    .option('--id <id>', 'the id of the token: its member "jti"')
    .option(...DATA_DIR_OPTION)
    .action(runner(revoke))
    .addHelpText(
      'after',
      `
Removing a user and setting a new password revoke the tokens of the user by themselves.

Examples:
  millrace tokens revoke --user alice
  millrace tokens revoke --id 846c074dbd9a35fc4e28c40e716399e3 --data-dir /var/lib/millrace`,
    );
}

async function revoke(session: CommandSession, { user, id, ...options }: RevokeOptions): Promise<void> {
  const folder = dataFolder(session, options);
  const { signal } = session;
  if (user !== undefined && id === undefined) {
    await (folder === undefined
      ? (await session.connect()).tokens.revokeOf(user, { signal })
      : inFolder(folder, { user }));
    await session.output.result({ user, revoked: true }, () => `Revoked the tokens of ${printable(user)}\n`);
  } else if (id !== undefined && user === undefined) {
    await (folder === undefined
      ? (await session.connect()).tokens.revoke(id, { signal })
      : inFolder(folder, { token: id }));
    await session.output.result({ id, revoked: true }, () => `Revoked the token ${printable(id)}\n`);
  } else throw new UsageError('Say which tokens to revoke: give either --user <name> or --id <id>');
}

function inFolder(folder: string, what: { user: string } | { token: string }): Promise<void> {
  return RevokedTokensFile.in(folder).revoke(what);
}
