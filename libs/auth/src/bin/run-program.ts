import { ApiKeyAdministrationError, UserAdministrationError } from '../admin/index.js';
import { UsageError } from './usage-error.js';

/** Runs a command as the program, and turns its end into exit code and message. */
export function runProgram(command: Promise<number>, usage: string): void {
  command.then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`${message}\n${error instanceof UsageError ? `\n${usage}` : ''}`);
      process.exitCode = isExpected(error) ? 2 : 1;
    },
  );
}

/** Whether an error is the user's to mend, so that its message is enough. */
function isExpected(error: unknown): boolean {
  return [UsageError, UserAdministrationError, ApiKeyAdministrationError].some((type) => error instanceof type);
}
