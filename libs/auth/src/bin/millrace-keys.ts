#!/usr/bin/env node
import { KEYS_USAGE, runKeysCommand } from './keys-command.js';
import { runProgram } from './run-program.js';

runProgram(
  runKeysCommand(process.argv.slice(2), { env: process.env, write: (text) => process.stdout.write(text) }),
  KEYS_USAGE,
);
