import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

it('The tables of options in the READMEs say what the schemas say (node tools/option-tables.mjs --write)', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(__dirname, '../../tools/option-tables.mjs')], {
    encoding: 'utf8',
  });
  expect(stdout + stderr).toBe('');
  expect(status).toBe(0);
});
