import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');

/** Builds a library and those it depends on, for tests that run them in processes of their own. Quick when nothing changed. */
export async function buildLibrary(name: string): Promise<void> {
  const compiler = createRequire(__filename).resolve('typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-b', join(ROOT, 'libs', name, 'tsconfig.lib.json')]);
}
