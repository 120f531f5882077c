import { ResponseError } from '@millrace/client';
import { type Command, CommanderError } from 'commander';
import type { CommandBody, CommandRunner } from './commands/command-runner.js';
import type { CliContext } from './context.js';
import { exitCodeOf } from './errors/exit-code-of.js';
import { EXIT } from './exit-codes.js';
import { printable } from './output/human.js';
import { styleFor } from './output/style.js';
import { createProgram } from './program.js';
import { type GlobalOptions, Session } from './session.js';

/**
 * Runs one command line, without the name of the program.
 *
 * @returns the exit code, one of `EXIT`; never rejects
 * @publicApi
 */
export async function run(argv: readonly string[], context: CliContext): Promise<number> {
  const runner: CommandRunner =
    <Arguments extends readonly unknown[]>(body: CommandBody<Arguments>) =>
    async (...parameters: unknown[]): Promise<void> => {
      const command = parameters.pop() as Command;
      const session = new Session(context, command.optsWithGlobals<GlobalOptions>());
      try {
        await body(session, ...(parameters as readonly unknown[] as Arguments));
        await session.output.end();
      } catch (error) {
        session.output.stopProgress();
        throw session.reasonOf(error);
      } finally {
        await session.close();
      }
    };
  const program = configure(createProgram(runner), context);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return EXIT.done;
  } catch (error) {
    return tell(error, argv.includes('--json'), context);
  }
}

/** Lets commander neither end the process nor choose the streams, for the command and all below it. */
function configure(command: Command, context: CliContext): Command {
  command.exitOverride().configureOutput({
    writeOut: (text) => void context.stdout.write(text),
    writeErr: (text) => void context.stderr.write(text),
    getOutHelpWidth: () => context.stdout.columns ?? 100,
    getErrHelpWidth: () => context.stderr.columns ?? 100,
  });
  for (const below of command.commands) configure(below, context);
  return command;
}

function tell(error: unknown, json: boolean, { env, stderr }: CliContext): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.done || exitCode === EXIT.interrupted || exitCode === EXIT.terminated) return exitCode;
  const { message, code } = describe(error);
  if (json) stderr.write(`${JSON.stringify({ error: { code, message, exitCode } })}\n`);
  else stderr.write(`${styleFor(env, stderr).bad('error:')} ${printable(message)}\n`);
  return exitCode;
}

/** What to do next, where the error of another package cannot know it. */
const HINTS: Readonly<Record<string, string>> = {
  NO_ENDPOINT: 'or log in with "millrace login <address>"',
};

function describe(error: unknown): { message: string; code: string | number } {
  if (!(error instanceof Error)) return { message: String(error), code: 'UNFORESEEN' };
  const { code: given } = error as { code?: unknown };
  const code = typeof given === 'string' || typeof given === 'number' ? given : 'UNFORESEEN';
  const hint = Object.hasOwn(HINTS, code) ? HINTS[code] : undefined;
  const message = messageOf(error);
  return { message: hint ? `${message}; ${hint}` : message, code };
}

/** Some answers of a server hold a text among other things, which alone is for people. */
function messageOf(error: Error): string {
  const { detail } = error as { detail?: { message?: unknown } | null };
  return error instanceof ResponseError && typeof detail?.message === 'string' ? detail.message : error.message;
}
