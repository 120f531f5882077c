import { resolve } from 'node:path';
import { ApiKeyFile, type ApiKeyRecord } from '@millrace/accounts';
import { sayScopes, sayScopesMissing } from '../output/human.js';
import { keepsAccountsInRedis } from '../server/accounts-in-redis.js';
import { ArgumentsError, type Program, type ProgramCall, say, sayList } from './program.js';

const USAGE = `Usage: millrace-keys <command> [options]

  create <name> --scope <scope> ... [--expires <when>]
                 make an API key and show it, this once; without --expires: for good
  list           ids, names, scopes, when they run out and were last used
  revoke <id>    revoke a key; a server on the same file refuses it at once, and closes its sockets within seconds

  --expires      a time span such as 90d or 12h, or a time such as 2030-01-31T12:00:00Z
  --file <path>  the file of keys (default: api-keys.json in MILLRACE_DATA_DIR, else in data/)
  --json         for programs

The settings are those of the server: from the environment, and from the file .env in this folder. A server that keeps its
keys in Redis has them at POST, GET and DELETE /keys: see "millrace keys".
`;

/** `millrace-keys`: API keys in a file. */
export const KEYS_PROGRAM: Program = {
  usage: USAGE,
  options: { scope: { type: 'string', multiple: true }, expires: { type: 'string' } },
  commands: {
    create: { operand: 'name', run: create },
    list: { run: list },
    revoke: { operand: 'id', run: revoke },
  },
};

/** The server with these settings would not see a key in a file. */
class KeysInRedisError extends Error {
  constructor() {
    super(
      'A server with these settings keeps its API keys in Redis (REDIS_URL, MILLRACE_STORE), and not in a file. ' +
        'Ask it for one while it runs: millrace keys create <name> --endpoint <its address>; or name a file by --file',
    );
  }
}

function keysOf({ file, env }: ProgramCall): ApiKeyFile {
  if (file !== undefined) return new ApiKeyFile(resolve(file));
  if (keepsAccountsInRedis(env)) throw new KeysInRedisError();
  return ApiKeyFile.in(resolve(env['MILLRACE_DATA_DIR'] || 'data'));
}

async function create(call: ProgramCall): Promise<number> {
  const { operand: name, scopes, expires = null } = call;
  if (!scopes) throw new ArgumentsError(sayScopesMissing('key', `create ${name}`));
  const keys = keysOf(call);
  const { key, record } = await keys.create({ name, scopes, expires });
  const made = `Made the key ${record.id} in ${keys.path}; may do: ${sayScopes(record.scopes)}; ${sayExpiry(record)}`;
  say(call, { ...record, key }, `${made}\nIt is shown only now; keep it well:\n\n  ${key}\n`);
  return 0;
}

async function list(call: ProgramCall): Promise<number> {
  const file = keysOf(call);
  sayList(call, await file.list(), `No keys in ${file.path}`, (key) => {
    const used = key.lastUsed === null ? 'never used' : `last used ${key.lastUsed}`;
    return [key.id, key.name, sayScopes(key.scopes), sayExpiry(key), used];
  });
  return 0;
}

async function revoke(call: ProgramCall): Promise<number> {
  const { operand: id } = call;
  const keys = keysOf(call);
  const revoked = await keys.revoke(id);
  say(call, { id, revoked }, revoked ? `Revoked ${id}\n` : `There is no key of that id in ${keys.path}\n`);
  return revoked ? 0 : 1;
}

function sayExpiry({ expires }: ApiKeyRecord): string {
  if (expires === null) return 'holds for good';
  return `${Date.parse(expires) <= Date.now() ? 'ran out' : 'holds until'} ${expires}`;
}
