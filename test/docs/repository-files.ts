import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The root of the repository. */
export const ROOT = join(__dirname, '../..');

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'data', '.git']);

/** Files below a folder of the repository whose names match, as paths relative to the root, sorted. */
export function filesBelow(folder: string, name: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => !SKIPPED.has(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, name);
      return name.test(entry.name) ? [relative(ROOT, join(ROOT, path))] : [];
    })
    .sort();
}
