import type { CommandSession } from '../../command-session.js';
import { UsageError } from '../../errors/cli.errors.js';
import { keepsAccountsInRedis } from '../../server/accounts-in-redis.js';

/** Where an operator's command works. */
export interface OperatorOptions {
  readonly dataDir?: string;
}

const IN_REDIS =
  'A server with these settings keeps its users, API keys and revoked tokens in Redis (REDIS_URL, MILLRACE_STORE), and not in ' +
  'the folder of MILLRACE_DATA_DIR. Ask it while it runs, by --endpoint; or name a folder by --data-dir';

/** The option of every operator's command. */
export const DATA_DIR_OPTION = [
  '--data-dir <folder>',
  "work on the server's data folder (default: MILLRACE_DATA_DIR, unless --endpoint or --profile names a server)",
] as const;

/**
 * The data folder to work on; undefined: a server is asked.
 *
 * @throws UsageError when the server with the folder of the environment has its accounts elsewhere
 */
export function dataFolder({ context, options }: CommandSession, { dataDir }: OperatorOptions): string | undefined {
  if (dataDir !== undefined) return dataDir;
  if (options.endpoint !== undefined || options.profile !== undefined) return undefined;
  const folder = context.env['MILLRACE_DATA_DIR'] || undefined;
  if (folder !== undefined && keepsAccountsInRedis(context.env)) throw new UsageError(IN_REDIS);
  return folder;
}
