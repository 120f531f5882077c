import { parseArgs, type ParseArgsConfig } from 'node:util';
import { homedir } from 'node:os';
import { readEnvFile } from '@millrace/files';
import { thrownText } from '@millrace/protocol';
import { InterruptedError } from '../errors/cli.errors.js';
import { exitCodeOf } from '../errors/exit-codes.js';
import { readNewSecret } from '../input/read-secret.js';

/** A command line that cannot be understood; the usage helps. */
export class ArgumentsError extends Error {
  override readonly name = 'ArgumentsError';
}

/** What a program needs from the world. */
interface ProgramContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly readPassword: () => Promise<string>;
}

/** One call of a command. */
export interface ProgramCall extends ProgramContext {
  /** The name or id that the command is about; empty where it takes none. */
  readonly operand: string;
  readonly file: string | undefined;
  readonly json: boolean;
  readonly scopes: string[] | undefined;
  readonly expires: string | undefined;
}

/** Says what was done: JSON for programs, else a text. */
export function say({ json, write }: ProgramCall, value: unknown, text: string): void {
  write(json ? `${JSON.stringify(value)}\n` : text);
}

/** Shows records: one array for programs, else a line each, or that there are none. */
export function sayList<T>(
  call: ProgramCall,
  records: readonly T[],
  none: string,
  line: (record: T) => string[],
): void {
  const lines = records.map((record) => `${line(record).join('\t')}\n`).join('');
  say(call, records, lines || `${none}\n`);
}

/** @returns exit code: 0 done, 1 not so (no such user or key, wrong password) */
type Run = (call: ProgramCall) => Promise<number>;

/** A program of the operator's, `millrace-user` or `millrace-keys`. */
export interface Program {
  readonly usage: string;
  /** Options beside `--file`, `--json` and `--help`. */
  readonly options: NonNullable<ParseArgsConfig['options']>;
  readonly commands: Readonly<Record<string, { readonly operand?: 'name' | 'id'; readonly run: Run }>>;
}

/**
 * Runs one command line of a program.
 *
 * @returns the exit code of the command
 * @throws ArgumentsError when the arguments cannot be understood
 */
export async function runProgram(program: Program, argv: readonly string[], context: ProgramContext): Promise<number> {
  const { values, positionals } = parse(program, argv);
  const [name = '', operand = '', ...rest] = positionals;
  if (values['help'] || name === 'help') {
    context.write(program.usage);
    return 0;
  }
  const command = Object.hasOwn(program.commands, name) ? program.commands[name] : undefined;
  if (!command) {
    const known = Object.keys(program.commands).join(', ');
    throw new ArgumentsError(name ? `There is no command "${name}"; there are ${known}` : `Name a command: ${known}`);
  }
  if (!command.operand && operand !== '') throw new ArgumentsError(`"${name}" takes no name, but got "${operand}"`);
  if (command.operand && (operand === '' || rest.length > 0)) {
    const given = operand === '' ? 'none' : [operand, ...rest].map((text) => `"${text}"`).join(', ');
    throw new ArgumentsError(`"${name}" needs one ${command.operand}, but got ${given}`);
  }
  return command.run({
    ...context,
    operand,
    file: values['file'] as string | undefined,
    json: values['json'] === true,
    scopes: values['scope'] as string[] | undefined,
    expires: values['expires'] as string | undefined,
  });
}

function parse({ options }: Program, argv: readonly string[]): ReturnType<typeof parseArgs> {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...options,
        file: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new ArgumentsError(thrownText(error));
  }
}

/** Runs a program as this process, and turns its end into exit code and message. */
export function startProgram(program: Program): void {
  const { env, stdin, stdout, stderr } = process;
  const context = { env, stdin, stdout, stderr, home: homedir(), signal: new AbortController().signal };
  const start = async (): Promise<number> => {
    // The settings of the server that this is about.
    readEnvFile();
    return runProgram(program, process.argv.slice(2), {
      env,
      write: (text) => stdout.write(text),
      readPassword: () => readNewSecret(context, 'password'),
    });
  };
  start().then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      stderr.write(`${thrownText(error)}\n${error instanceof ArgumentsError ? `\n${program.usage}` : ''}`);
      process.exitCode = codeOf(error);
    },
  );
}

/** 2: the user can mend the arguments; 1: everything else that went wrong. */
function codeOf(error: unknown): number {
  if (error instanceof InterruptedError) return exitCodeOf(error);
  return error instanceof ArgumentsError || (error instanceof Error && error.name === 'AccountError') ? 2 : 1;
}
