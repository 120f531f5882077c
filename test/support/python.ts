import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs a script with Debian's Python; answers what it prints. @throws Error with its traceback when it fails */
export async function runPython(script: string, ...parameters: string[]): Promise<string> {
  const { stdout } = await run(process.env['PYTHON'] ?? '/usr/bin/python3', [script, ...parameters], {
    // Less than the longest of the tests has that run one.
    timeout: 280_000,
  });
  return stdout.trim();
}
