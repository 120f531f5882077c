#!/usr/bin/env node
import { homedir } from 'node:os';
import { InterruptedError } from '../errors/cli.errors.js';
import { exitCodeOf } from '../errors/exit-codes.js';
import { run } from '../run.js';

const ending = new AbortController();

for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    const error = new InterruptedError(name);
    // Asked a second time, it no longer waits for anything.
    if (ending.signal.aborted) process.exit(exitCodeOf(error));
    ending.abort(error);
  });
}

// Nobody may be there to hear of it, at the very end least of all.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

// No top-level await: a CommonJS program could not load this file.
void run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  home: process.env['HOME'] ?? homedir(),
  signal: ending.signal,
}).then((code) => {
  process.exitCode = code;
  // An unread pipe or terminal would keep the process alive.
  process.stdin.destroy();
});
