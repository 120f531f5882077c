import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');

/**
 * The code of an example in the README of a package: the first one under a heading, or a later one by its index.
 *
 * @throws Error when there is none
 */
export function readmeExample(library: string, heading: string, index = 0): string {
  const [, code] = [...sectionOf(library, heading).matchAll(/```ts\n([\s\S]*?)```/g)][index] ?? [];
  if (!code) throw new Error(`The README of ${library} has no such example under "${heading}"`);
  return code;
}

/** The commands of the first example for a shell under a heading; a command may go on in indented lines. */
export function readmeCommands(library: string, heading: string): string[] {
  const [, commands] = /```sh\n([\s\S]*?)\n```/.exec(sectionOf(library, heading)) ?? [];
  if (!commands) throw new Error(`The README of ${library} has no commands under "${heading}"`);
  return commands.split(/\n(?! )/);
}

function sectionOf(library: string, heading: string): string {
  const readme = readFileSync(join(ROOT, 'libs', library, 'README.md'), 'utf8');
  return readme.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
}
