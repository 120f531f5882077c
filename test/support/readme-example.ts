import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/**
 * The code of an example in the README of a package: the first one under a heading, or a later one by its index.
 *
 * @throws Error when there is none
 */
export function readmeExample(library: string, heading: string, index = 0): string {
  const readme = readFileSync(join(ROOT, 'libs', library, 'README.md'), 'utf8');
  const section = readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const [, code] = [...section.matchAll(/```ts\n([\s\S]*?)```/g)][index] ?? [];
  if (!code) throw new Error(`The README of ${library} has no such example under "${heading}"`);
  return code;
}
