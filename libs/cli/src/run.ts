import { thrownIs, thrownText } from '@millrace/protocol';
import { JsonRpcError, ResponseError } from '@millrace/client';
import { FileAccessError, isDiskFull, whyNotWritten } from '@millrace/files';
import { type Command, CommanderError } from 'commander';
import { type CommandBody, type CommandRunner, type GlobalOptions, CommandSession } from './command-session.js';
import type { CliContext } from './context.js';
import { exitCodeOf, EXIT } from './errors/exit-codes.js';
import { printable } from './output/human.js';
import { styleFor } from './output/style.js';
import { Writer } from './output/writer.js';
import { createProgram } from './program.js';

/**
 * Runs one command line, without the name of the program.
 *
 * @returns the exit code, one of `EXIT`; never rejects
 * @publicApi
 */
export async function run(argv: readonly string[], context: CliContext): Promise<number> {
  const writer = new Writer(context.stdout);
  // What cannot be said there cannot be said at all; the exit code tells.
  context.stderr.on('error', unheard);
  const runner: CommandRunner =
    <Arguments extends readonly unknown[]>(body: CommandBody<Arguments>) =>
    async (...parameters: unknown[]): Promise<void> => {
      const command = parameters.pop() as Command;
      const session = new CommandSession(context, command.optsWithGlobals<GlobalOptions>(), writer);
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
  const json = argv.includes('--json');
  const program = configure(createProgram(runner), context, writer, json);
  try {
    await program.parseAsync(argv, { from: 'user' }).catch(unlessAnswered);
    await writer.flush();
    return EXIT.done;
  } catch (error) {
    return tell(error, json, context);
  } finally {
    // Errors of what was just written come a moment later.
    setImmediate(() => {
      writer.dispose();
      context.stderr.off('error', unheard);
    });
  }
}

const unheard = (): void => undefined;

/** Commander raises something also when all is well: help or the version was asked for. */
function unlessAnswered(error: unknown): void {
  if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
}

/** Lets commander neither end the process nor choose the streams, for the command and all below it. */
function configure(command: Command, context: CliContext, writer: Writer, json: boolean): Command {
  command.exitOverride().configureOutput({
    // Whether it went well is asked at the end.
    writeOut: (text) => void writer.write(text).catch(unheard),
    // A program is told in its own form, below.
    writeErr: (text) => void (json || context.stderr.write(text)),
    getOutHelpWidth: () => context.stdout.columns ?? 100,
    getErrHelpWidth: () => context.stderr.columns ?? 100,
  });
  for (const below of command.commands) configure(below, context, writer, json);
  return command;
}

function tell(error: unknown, json: boolean, { env, stderr }: CliContext): number {
  if (error instanceof CommanderError) {
    const message = error.code === 'commander.help' ? 'no command is named' : error.message.replace(/^error: /, '');
    if (json) tellProgram(stderr, 'USAGE', message, EXIT.usage);
    return EXIT.usage;
  }
  const exitCode = exitCodeOf(error);
  if (exitCode === EXIT.done || exitCode === EXIT.interrupted || exitCode === EXIT.terminated) return exitCode;
  const { message, code } = describe(error);
  if (json) tellProgram(stderr, code, message, exitCode);
  else stderr.write(`${styleFor(env, stderr).bad('error:')} ${printable(message)}\n`);
  return exitCode;
}

function tellProgram(stderr: CliContext['stderr'], code: string | number, message: string, exitCode: number): void {
  stderr.write(`${JSON.stringify({ error: { code, message, exitCode } })}\n`);
}

/** Of JSON-RPC. */
const METHOD_NOT_FOUND = -32601;

/** What to do next, where the error of another package cannot know it. */
const HINTS: Readonly<Record<string, string>> = {
  NO_ENDPOINT: 'or log in with "millrace login <address>"',
  UNTRUSTED_AUTHORITY: 'name who issued the certificate with --ca-bundle',
  UNAUTHENTICATED: 'see "millrace login" and --token-file',
  CONNECTION_REFUSED: 'see whether the server runs there; --endpoint names another',
  HOST_NOT_FOUND: 'see whether the name is right; --endpoint gives another',
  CONNECT_TIMEOUT: '--timeout waits longer',
  [METHOD_NOT_FOUND]: '"millrace call registry" lists the methods',
};

function describe(error: unknown): { message: string; code: string | number } {
  if (!thrownIs(error, Error)) return { message: thrownText(error), code: 'UNFORESEEN' };
  const { code: given } = error as { code?: unknown };
  const code = typeof given === 'string' || typeof given === 'number' ? given : 'UNFORESEEN';
  const atLogin = error instanceof ResponseError && error.request === 'POST /token';
  const hint = Object.hasOwn(HINTS, code) && !atLogin ? HINTS[code] : undefined;
  const message = messageOf(error);
  return { message: hint ? `${message}; ${hint}` : message, code };
}

/** Some answers of a server hold a text among other things, which alone is for people; some say in a list what is wrong. */
function messageOf(error: Error): string {
  if (error instanceof JsonRpcError && isListOfTexts(error.data)) return `${error.message}: ${error.data.join('; ')}`;
  if (isDiskFull(error) && !(error instanceof FileAccessError)) return whyNotWritten(error) ?? error.message;
  const { detail } = error as { detail?: { message?: unknown } | null };
  return error instanceof ResponseError && typeof detail?.message === 'string' ? detail.message : error.message;
}

function isListOfTexts(data: unknown): data is string[] {
  return Array.isArray(data) && data.length > 0 && data.every((text) => typeof text === 'string');
}
