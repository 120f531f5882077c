import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows of the protocol's table of behaviours. */
const ROWS = Array.from({ length: 58 }, (_, index) => index + 1);

/** The numbers in "rows 3, 7 to 9 and 12". */
function rowsNamed(title: string): number[] {
  const [, list = ''] = /^rows? ([\d, to and]+):/i.exec(title) ?? [];
  return [...list.matchAll(/(\d+)(?: to (\d+))?/g)].flatMap(([, first, last]) => {
    const [from, to] = [Number(first), Number(last ?? first)];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}

/** Titles of the tests in files whose suites run on both drivers and both HTTP adapters in `npm run test:soak`. */
function titlesOnEachSetup(): string[] {
  return readdirSync(__dirname)
    .filter((name) => name.endsWith('.e2e-spec.ts'))
    .map((name) => readFileSync(join(__dirname, name), 'utf8'))
    .map((text) => text.slice(text.search(/^(describeOnEach(Setup|Lane)\(|describe\.each\(SETUPS\)\()/m)))
    .filter((text) => text.startsWith('describe'))
    .map((text) => text.slice(0, text.search(/^\}\);$/m)))
    .flatMap((text) =>
      [...text.matchAll(/(?<!\w)it(?:\.each\([\s\S]*?\))?\(\s*'([^']+)'/g)].map(([, title]) => title ?? ''),
    );
}

it('each row of the protocol is named by a test that runs on every set-up', () => {
  const tested = new Set(titlesOnEachSetup().flatMap(rowsNamed));
  expect(ROWS.filter((row) => !tested.has(row))).toEqual([]);
});
