import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '..', '..');

/** `npm test` and `npm run test:soak` have built everything before the first suite. */
const isBuilt = ['test', 'test:soak'].includes(process.env['npm_lifecycle_event'] ?? '');

/** Builds a library and those it depends on, for tests that run them in processes of their own. Quick when nothing changed. */
export async function buildLibrary(name: string): Promise<void> {
  if (isBuilt) return;
  const compiler = createRequire(__filename).resolve('typescript/bin/tsc');
  await promisify(execFile)(process.execPath, [compiler, '-b', join(ROOT, 'libs', name, 'tsconfig.lib.json')]);
}
