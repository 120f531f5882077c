import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

/** Every package that a module imports, by itself or by what it imports. */
function packagesOf(entry: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    for (const [, isType, target = ''] of text.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)';$/gm)) {
      if (isType) continue;
      if (target.startsWith('.')) visit(join(file, '..', target.replace(/\.js$/, '.ts')));
      else if (!target.startsWith('node:') && !builtinModules.includes(target)) packages.add(target);
    }
  };
  visit(entry);
  return [...packages];
}

it.each(['index.ts', 'keys/index.ts'])(
  '%s needs no package but that of files, so that commands start fast',
  (entry) => {
    expect(packagesOf(join(__dirname, entry))).toEqual(['@millrace/files']);
  },
);

it.each(['files', 'protocol'])('that of %s needs none at all', (name) => {
  expect(packagesOf(join(__dirname, '../..', name, 'src/index.ts'))).toEqual([]);
});

it.each(['millrace-keys.ts', 'millrace-user.ts'])('%s loads no Nest either', (entry) => {
  expect(packagesOf(join(__dirname, '../../cli/src/bin', entry)).sort()).toEqual([
    '@millrace/accounts',
    '@millrace/files',
    '@millrace/protocol',
  ]);
});

it('would notice Nest', () => {
  expect(packagesOf(join(__dirname, '../../auth/src/api/api-key.service.ts'))).toContain('@nestjs/common');
});
