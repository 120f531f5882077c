import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { CommandSession } from '../command-session.js';
import type { CliContext } from '../context.js';
import { InterruptedError, UsageError } from '../errors/cli.errors.js';

/** The first line of standard input. @throws UsageError when nothing comes */
export async function readLine({ stdin, signal }: CliContext, what: string): Promise<string> {
  const lines = createInterface({ input: stdin, crlfDelay: Infinity, signal });
  try {
    for await (const line of lines) return line;
  } finally {
    lines.close();
  }
  signal.throwIfAborted();
  throw new UsageError(`No ${what} came on standard input; write it in the first line`);
}

/** Asks on the terminal and shows what is typed. @throws InterruptedError on Ctrl-C */
export function ask(context: CliContext, question: string): Promise<string> {
  return prompt(context, question, { hidden: false });
}

/**
 * Asks on the terminal without showing what is typed; from a pipe the first line is taken.
 *
 * @throws InterruptedError on Ctrl-C; UsageError when nothing comes
 */
export async function readSecret(context: CliContext, what: string): Promise<string> {
  if (!context.stdin.isTTY) return readLine(context, what);
  return prompt(context, `${what[0]?.toUpperCase()}${what.slice(1)}: `, { hidden: true });
}

/** The same, asked for twice on a terminal. @throws UsageError when the two differ */
export async function readNewSecret(context: CliContext, what: string): Promise<string> {
  const first = await readSecret(context, what);
  if (!context.stdin.isTTY) return first;
  if (first !== (await prompt(context, 'Once more: ', { hidden: true })))
    throw new UsageError(`The two ${what}s differ; give the same one twice`);
  return first;
}

async function prompt(
  { stdin, stderr, signal }: CliContext,
  question: string,
  { hidden }: { readonly hidden: boolean },
): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: hidden ? silent : stderr, terminal: true, historySize: 0 });
  // Only now: the terminal has stopped to echo by itself.
  if (hidden) stderr.write(question);
  const cut = new AbortController();
  // A terminal in raw mode sends Ctrl-C and Ctrl-D as keys.
  const ended = (): void => cut.abort(new InterruptedError());
  terminal.once('SIGINT', ended).once('close', ended);
  try {
    return await terminal.question(hidden ? '' : question, { signal: AbortSignal.any([cut.signal, signal]) });
  } catch (error) {
    signal.throwIfAborted();
    cut.signal.throwIfAborted();
    throw error;
  } finally {
    terminal.off('close', ended).close();
    if (hidden) stderr.write('\n');
  }
}

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
