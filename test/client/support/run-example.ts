import * as files from 'node:fs/promises';
import { transformSync } from '@swc/core';
import * as client from '@millrace/client';

/** Runs an example against the test's server; answers what it printed. */
export async function runExample(code: string, uri: string, picture = 'picture.png'): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const body = code
    .replaceAll('localhost:7890', uri)
    .replaceAll('picture.png', picture)
    .replace(/^import (\{[^}]*\}) from '([^']+)';$/gm, "const $1 = load('$2');");
  const { code: compiled } = transformSync(`export async function run(load, console) {\n${body}\n}`, {
    swcrc: false,
    module: { type: 'commonjs' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  const exported: { run?: (load: unknown, console: unknown) => Promise<void> } = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function('exports', 'require', compiled)(exported, require);
  const print = (...values: unknown[]): void => void printed.push(values);
  const modules: Record<string, unknown> = { '@millrace/client': client, 'node:fs/promises': files };
  const load = (name: string): unknown => modules[name];
  await exported.run?.(load, { log: print, error: print });
  return printed;
}
