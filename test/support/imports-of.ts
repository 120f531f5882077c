import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What code asks for by `import()` is loaded later, or never; in declarations it is a type that is named. */
const IMPORTS = {
  '.js': /(?:from|import)\s*['"]([^'"]+)['"]/g,
  '.d.ts': /(?:from|import\(|import)\s*['"]([^'"]+)['"]/g,
};

/**
 * The packages that a built file imports, itself, through its relative imports and through packages of ours: their names
 * without sub-paths.
 *
 * @param file a `.js` file for what is loaded, a `.d.ts` file for what the types name
 */
export function importsOf(file: string): string[] {
  const ending = file.endsWith('.d.ts') ? '.d.ts' : '.js';
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (at: string): void => {
    if (seen.has(at) || !existsSync(at)) return;
    seen.add(at);
    const text = readFileSync(at, 'utf8').replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
    for (const [, target = ''] of text.matchAll(IMPORTS[ending])) {
      if (target.startsWith('.')) visit(join(at, '..', target.replace(/\.js$/, ending)));
      else packages.add(/^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target);
      if (target.startsWith('@millrace/')) visit(builtEntry(target, ending));
    }
  };
  visit(file);
  if (seen.size === 0) throw new Error(`${file} is not there; build first`);
  return [...packages].sort();
}

/** The built file of an entry of ours, as its package exports it. */
export function builtEntry(specifier: string, ending: '.js' | '.d.ts' = '.js'): string {
  const [, name = '', ...rest] = specifier.split('/');
  const folder = join(ROOT, 'libs', name);
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    exports: Record<string, { default: string } | undefined>;
  };
  const target = exports[['.', ...rest].join('/')]?.default;
  if (!target) throw new Error(`${specifier} is not exported by ${folder}/package.json`);
  return join(folder, target.replace(/\.js$/, ending));
}
