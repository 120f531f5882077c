#!/usr/bin/env node
import { readPassword } from './read-password.js';
import { isExpected, runUserCommand, USAGE, UsageError } from './user-command.js';

// No top-level await: a CommonJS program could not load this file.
runUserCommand(process.argv.slice(2), {
  env: process.env,
  write: (text) => process.stdout.write(text),
  readPassword: () => readPassword(process.stdin, process.stderr),
}).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}\n${error instanceof UsageError ? `\n${USAGE}` : ''}`);
    process.exitCode = isExpected(error) ? 2 : 1;
  },
);
