import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The packages that a built file imports, itself and through its relative imports: their names without sub-paths.
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
    for (const [, target = ''] of text.matchAll(/(?:from|import\(|import)\s*['"]([^'"]+)['"]/g)) {
      if (target.startsWith('.')) visit(join(at, '..', target.replace(/\.js$/, ending)));
      else packages.add(/^(@[^/]+\/)?[^/]+/.exec(target)?.[0] ?? target);
    }
  };
  visit(file);
  if (seen.size === 0) throw new Error(`${file} is not there; build first`);
  return [...packages].sort();
}
