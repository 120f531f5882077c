import { parseArgs } from 'node:util';
import { apiKeysFileIn, createApiKeyIn, listApiKeysIn, revokeApiKeyIn } from '../admin/api-key-administration.js';
import { type ApiKeyRecord, hasRunOut } from '../keys/api-key-record.js';
import { sayScopes } from './say-scopes.js';
import { UsageError } from './usage-error.js';
import type { CommandContext } from './user-command.js';

export const KEYS_USAGE = `Usage: millrace-keys <command> [options]

  create <name> [--scope <scope> ...] [--expires <when>]
                 make an API key and show it, this once; without --scope: everything; without --expires: for good
  list           ids, names, scopes, when they run out and were last used
  revoke <id>    revoke a key; a server on the same file refuses it at once, and closes its sockets within seconds

  --expires      a time span such as 90d or 12h, or a time such as 2030-01-31T12:00:00Z
  --file <path>  the file of keys (default: api-keys.json in MILLRACE_DATA_DIR, else in data/)
  --json         for programs

A server that keeps its keys in Redis has them at POST, GET and DELETE /keys.
`;

type Context = Pick<CommandContext, 'env' | 'write'>;
type Options = { file: string; json: boolean; scopes: string[] | undefined; expires: string | undefined };
type Command = (operand: string, options: Options, write: Context['write']) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = { create, list, revoke };

/**
 * Runs one command about API keys.
 *
 * @returns exit code: 0 done, 1 not so (no such key)
 * @throws UsageError when the arguments cannot be understood
 */
export async function runKeysCommand(args: readonly string[], { env, write }: Context): Promise<number> {
  const { values, positionals } = parse(args);
  const [command = '', operand = '', ...rest] = positionals;
  if (values.help || command === 'help') {
    write(KEYS_USAGE);
    return 0;
  }
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!run) throw new UsageError(command ? `There is no command "${command}"` : 'Say what to do');
  if (command === 'list' ? operand !== '' : operand === '' || rest.length > 0) {
    throw new UsageError(
      command === 'list' ? '"list" takes nothing' : `"${command}" needs one ${command === 'create' ? 'name' : 'id'}`,
    );
  }
  const file = values.file ?? apiKeysFileIn(env['MILLRACE_DATA_DIR'] || 'data');
  return run(operand, { file, json: values.json, scopes: values.scope, expires: values.expires }, write);
}

async function create(
  name: string,
  { file, json, scopes = ['*'], expires }: Options,
  write: Context['write'],
): Promise<number> {
  const { key, record } = await createApiKeyIn(file, { name, scopes, expires: expires ?? null });
  if (json) write(`${JSON.stringify({ ...record, key })}\n`);
  else {
    write(`Made the key ${record.id} in ${file}; may do: ${sayScopes(record.scopes)}; ${sayExpiry(record)}\n`);
    write(`It is shown only now; keep it well:\n\n  ${key}\n`);
  }
  return 0;
}

async function list(_operand: string, { file, json }: Options, write: Context['write']): Promise<number> {
  const keys = await listApiKeysIn(file);
  if (json) write(`${JSON.stringify(keys)}\n`);
  else if (keys.length === 0) write(`No keys in ${file}\n`);
  else for (const key of keys) write(`${line(key)}\n`);
  return 0;
}

async function revoke(id: string, { file, json }: Options, write: Context['write']): Promise<number> {
  const revoked = await revokeApiKeyIn(file, id);
  if (json) write(`${JSON.stringify({ id, revoked })}\n`);
  else write(revoked ? `Revoked ${id}\n` : `There is no key of that id in ${file}\n`);
  return revoked ? 0 : 1;
}

function line(key: ApiKeyRecord): string {
  const used = key.lastUsed === null ? 'never used' : `last used ${key.lastUsed}`;
  return [key.id, key.name, sayScopes(key.scopes), sayExpiry(key), used].join('\t');
}

function sayExpiry(key: ApiKeyRecord): string {
  if (key.expires === null) return 'holds for good';
  return `${hasRunOut(key, Date.now()) ? 'ran out' : 'holds until'} ${key.expires}`;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        scope: { type: 'string', multiple: true },
        expires: { type: 'string' },
        file: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
