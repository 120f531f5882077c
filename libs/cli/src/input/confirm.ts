import { UsageError } from '../errors/usage.error.js';
import type { CommandSession } from '../command-session.js';
import { ask } from './read-secret.js';

/** Asks before what cannot be undone. @throws UsageError when nobody can be asked */
export async function confirm(
  { context }: CommandSession,
  question: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes) return true;
  if (!context.stdin.isTTY)
    throw new UsageError('Standard input is not a terminal, so the question cannot be asked; give --yes');
  return /^\s*y(?:es)?\s*$/i.test(await ask(context, `${question} [y/N] `));
}
