import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

interface CheckConfig {
  readonly compilerOptions: { readonly paths: Readonly<Record<string, [string]>> };
}

const printed = execFileSync(
  process.execPath,
  [
    '--input-type=module',
    '--eval',
    `import { typeScriptPaths } from ${JSON.stringify(join(ROOT, 'tools/entries.mjs'))}; console.log(JSON.stringify(typeScriptPaths()))`,
  ],
  { encoding: 'utf8' },
);
const expected = JSON.parse(printed) as CheckConfig['compilerOptions']['paths'];

describe('The entries of our packages', () => {
  it('are known to the type checker as package.json exports them (node tools/entries.mjs --write)', () => {
    const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.check.json'), 'utf8')) as CheckConfig;
    expect(compilerOptions.paths).toEqual(expected);
  });

  it.each(Object.entries(expected))('%s has a source', (_name, [source]) => {
    expect(existsSync(join(ROOT, source))).toBe(true);
  });
});
