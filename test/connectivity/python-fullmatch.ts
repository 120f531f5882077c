import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `re.fullmatch` of Python 3.11 finds among names; null where Python refuses the pattern. */
export const PYTHON = JSON.parse(readFileSync(join(__dirname, 'python-fullmatch.json'), 'utf8')) as {
  readonly names: readonly string[];
  readonly patterns: readonly (readonly [pattern: string, found: string[] | null])[];
};

/** Good in Python, but beyond a linear-time engine, or different there. */
export const REFUSED: readonly string[] = [
  'a*+',
  '(?=a)a',
  '(a)\\1',
  '\\b',
  '[[:alpha:]]',
  'a$b',
  'a$\\n?',
  'a{1001}',
  '(?>a)',
  '(?x)a',
];
