#!/usr/bin/env node
import { readPassword } from './read-password.js';
import { runProgram } from './run-program.js';
import { runUserCommand, USAGE } from './user-command.js';

// No top-level await: a CommonJS program could not load this file.
runProgram(
  runUserCommand(process.argv.slice(2), {
    env: process.env,
    write: (text) => process.stdout.write(text),
    readPassword: () => readPassword(process.stdin, process.stderr),
  }),
  USAGE,
);
