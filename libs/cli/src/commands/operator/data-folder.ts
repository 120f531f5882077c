import type { CommandSession } from '../../command-session.js';

/** Where an operator's command works. */
export interface OperatorOptions {
  readonly dataDir?: string;
}

/** The option of every operator's command. */
export const DATA_DIR_OPTION = [
  '--data-dir <folder>',
  "work on the server's data folder (default: MILLRACE_DATA_DIR, unless --endpoint or --profile names a server)",
] as const;

/** The data folder to work on; undefined: a server is asked. */
export function dataFolder({ context, options }: CommandSession, { dataDir }: OperatorOptions): string | undefined {
  if (dataDir !== undefined) return dataDir;
  if (options.endpoint !== undefined || options.profile !== undefined) return undefined;
  return context.env['MILLRACE_DATA_DIR'] || undefined;
}
