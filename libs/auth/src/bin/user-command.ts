import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addUser, listUsers, removeUser, verifyUser } from '../admin/index.js';
import { USERS_FILE } from '../users/users-file.js';
import { sayScopes } from './say-scopes.js';
import { UsageError } from './usage-error.js';

export const USAGE = `Usage: millrace-user <command> [options]

  add <name> [--scope <scope> ...]   add a user, or set a new password and scopes; without --scope: everything
  list                               names, scopes and when they were added
  remove <name>                      remove a user; tokens given out live on until they run out
  verify <name>                      check a password

  --file <path>   the file of users (default: users.json in MILLRACE_DATA_DIR, else in data/)
  --json          for programs

The password is asked for on the terminal, or read from the first line of standard input.
`;

/** What the command needs from the world. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly readPassword: () => Promise<string>;
}

type Options = { file: string; json: boolean; scopes: string[] | undefined };
type Command = (name: string, options: Options, context: CommandContext) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = { add, list, remove, verify };

/**
 * Runs one command.
 *
 * @returns exit code: 0 done, 1 not so (no such user, wrong password)
 * @throws UsageError when the arguments cannot be understood
 */
export async function runUserCommand(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parse(args);
  const [command = '', name = '', ...rest] = positionals;
  if (values.help || command === 'help') {
    context.write(USAGE);
    return 0;
  }
  const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (!run) throw new UsageError(command ? `There is no command "${command}"` : 'Say what to do');
  if ((name === '') !== (command === 'list') || rest.length > 0) throw new UsageError(`"${command}" needs one name`);
  const file = values.file ?? join(context.env['MILLRACE_DATA_DIR'] ?? 'data', USERS_FILE);
  return run(name, { file, json: values.json, scopes: values.scope }, context);
}

async function add(name: string, { file, json, scopes }: Options, context: CommandContext): Promise<number> {
  const password = await context.readPassword();
  const isNew = await addUser(file, { name, password, ...(scopes ? { scopes } : {}) });
  const granted = scopes ?? ['*'];
  if (json) context.write(`${JSON.stringify({ name, scopes: granted, new: isNew })}\n`);
  else context.write(`${isNew ? 'Added' : 'Changed'} ${name} in ${file}; may do: ${sayScopes(granted)}\n`);
  return 0;
}

async function list(_name: string, { file, json }: Options, context: CommandContext): Promise<number> {
  const users = await listUsers(file);
  if (json) context.write(`${JSON.stringify(users)}\n`);
  else if (users.length === 0) context.write(`No users in ${file}\n`);
  else for (const user of users) context.write(`${user.name}\t${sayScopes(user.scopes)}\t${user.created}\n`);
  return 0;
}

async function remove(name: string, { file, json }: Options, context: CommandContext): Promise<number> {
  const removed = await removeUser(file, name);
  if (json) context.write(`${JSON.stringify({ name, removed })}\n`);
  else context.write(removed ? `Removed ${name}\n` : `There is no user ${name} in ${file}\n`);
  return removed ? 0 : 1;
}

async function verify(name: string, { file, json }: Options, context: CommandContext): Promise<number> {
  const right = await verifyUser(file, name, await context.readPassword());
  if (json) context.write(`${JSON.stringify({ name, right })}\n`);
  else context.write(right ? 'Right\n' : 'Name and password do not fit\n');
  return right ? 0 : 1;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        scope: { type: 'string', multiple: true },
        file: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
