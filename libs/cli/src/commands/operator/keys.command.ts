import { ApiKeyFile, type ApiKeyRecord, type NewApiKey } from '@millrace/accounts';
import type { Command } from 'commander';
import type { IssuedApiKey } from '@millrace/client';
import { collect } from '../../arguments/argument-parsers.js';
import type { CommandSession, CommandRunner } from '../../command-session.js';
import { NothingFoundError, UsageError } from '../../errors/cli.errors.js';
import { printable, sayScopes, sayScopesMissing, utcMinute } from '../../output/human.js';
import { DATA_DIR_OPTION, type OperatorOptions, dataFolder } from './data-folder.js';

interface CreateOptions extends OperatorOptions {
  readonly scope?: readonly string[];
  readonly expires?: string;
}

/** `millrace keys create|list|revoke`. */
export function addKeysCommand(program: Command, runner: CommandRunner): void {
  const keys = program
    .command('keys')
    .description('for operators: API keys, of a running server or in its data folder');
  keys
    .command('create')
    .description('make a key, and show it: only now')
    .argument('<name>', 'who or what will use it')
    .option('--scope <scope>', 'what the key may do; may be given several times', collect)
    .option('--expires <when>', 'a time span such as 90d, or a time such as 2030-01-31T12:00:00Z (default: never)')
    .option(...DATA_DIR_OPTION)
    .action(runner(create))
    .addHelpText(
      'after',
      `
The key alone goes to standard output, everything about it to standard error. It is kept nowhere and cannot be shown again.
A server takes keys on TLS connections only, and shows a new one only there or on its own machine.

Examples:
  millrace keys create camera-1 --scope 'streams:write:camera*' --expires 90d > camera-1.key
  millrace keys create backup --scope streams:read --data-dir /var/lib/millrace
  millrace keys create operator --scope '*'        # may do everything`,
    );
  keys
    .command('list')
    .description('ids, names, scopes, when they run out and when they were last used')
    .option(...DATA_DIR_OPTION)
    .action(runner(list))
    .addHelpText('after', '\nExample:\n  millrace keys list --json');
  keys
    .command('revoke')
    .description('revoke a key; its sockets are closed within seconds')
    .argument('<id>', 'as "keys list" shows it')
    .option(...DATA_DIR_OPTION)
    .action(runner(revoke))
    .addHelpText('after', '\nExample:\n  millrace keys revoke k7Q2x');
}

async function create(session: CommandSession, name: string, options: CreateOptions): Promise<void> {
  const { output } = session;
  const { scope: scopes, expires = null } = options;
  if (!scopes) throw new UsageError(sayScopesMissing('key', `millrace keys create ${name}`));
  const keys = await keyAdministration(session, options);
  const created = await keys.create({ name, scopes, expires });
  output.note(`Made the key ${created.id}; may do: ${sayScopes(created.scopes)}; ${sayExpiry(created)}`);
  if (!output.json) output.note('It is shown only now; keep it well');
  await output.result(created, () => `${created.key}\n`);
}

async function list(session: CommandSession, options: OperatorOptions): Promise<void> {
  const found = await (await keyAdministration(session, options)).list();
  const rows = found.map((key) => [
    key.id,
    key.name,
    sayScopes(key.scopes),
    sayExpiry(key),
    key.lastUsed ? `used ${utcMinute(key.lastUsed)}` : 'never used',
  ]);
  await session.output.list(found, ['id', 'name', 'may do', 'runs out', 'last use'], rows);
}

async function revoke(session: CommandSession, id: string, options: OperatorOptions): Promise<void> {
  const keys = await keyAdministration(session, options);
  if (!(await keys.revoke(id))) throw new NothingFoundError(`There is no key "${id}"`);
  await session.output.result({ id, revoked: true }, () => `Revoked ${printable(id)}\n`);
}

function sayExpiry({ expires }: ApiKeyRecord): string {
  if (expires === null) return 'does not run out';
  return `${Date.parse(expires) <= Date.now() ? 'ran out' : 'until'} ${utcMinute(expires)}`;
}

/** The API keys of a server. */
interface KeyAdministration extends Pick<ApiKeyFile, 'list' | 'revoke'> {
  create(request: NewApiKey): Promise<IssuedApiKey>;
}

/** The keys in a data folder, or those of a running server. */
async function keyAdministration(session: CommandSession, options: OperatorOptions): Promise<KeyAdministration> {
  const folder = dataFolder(session, options);
  return folder === undefined ? keysOfServer(session) : keysOfFolder(folder);
}

function keysOfFolder(folder: string): KeyAdministration {
  const keys = ApiKeyFile.in(folder);
  return {
    create: async (request) => {
      const { record, key } = await keys.create(request);
      return { ...record, key };
    },
    list: () => keys.list(),
    revoke: (id) => keys.revoke(id),
  };
}

async function keysOfServer(session: CommandSession): Promise<KeyAdministration> {
  const millrace = await session.connect();
  const { signal } = session;
  return {
    create: (request) => millrace.keys.create(request, { signal }),
    list: () => millrace.keys.list({ signal }),
    revoke: async (id) => {
      await millrace.keys.revoke(id, { signal });
      return true;
    },
  };
}
