import { homedir } from 'node:os';
import { exitCodeOf } from '../errors/exit-code-of.js';
import { InterruptedError } from '../errors/interrupted.error.js';
import { readNewSecret } from '../input/read-secret.js';
import { ArgumentsError, type Program, runProgram } from './program.js';

/** Runs a program as this process, and turns its end into exit code and message. */
export function startProgram(program: Program): void {
  const { env, stdin, stdout, stderr } = process;
  const context = { env, stdin, stdout, stderr, home: homedir(), signal: new AbortController().signal };
  runProgram(program, process.argv.slice(2), {
    env,
    write: (text) => stdout.write(text),
    readPassword: () => readNewSecret(context, 'password'),
  }).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      stderr.write(`${message}\n${error instanceof ArgumentsError ? `\n${program.usage}` : ''}`);
      process.exitCode = codeOf(error);
    },
  );
}

/** 2: the user can mend the arguments; 1: everything else that went wrong. */
function codeOf(error: unknown): number {
  if (error instanceof InterruptedError) return exitCodeOf(error);
  return error instanceof ArgumentsError || (error instanceof Error && error.name === 'AccountError') ? 2 : 1;
}
