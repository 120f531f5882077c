import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_TABLE } from '@millrace/protocol';
import { VARIABLES } from '../../apps/reference/src/config/settings.js';

const ROOT = join(__dirname, '../..');

describe('docs/errors.md', () => {
  it('shows the rows of the error table, and no others', () => {
    const text = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    const shown = [...text.matchAll(/^\| `(\w+)` +\| (\d+) +\| (\d+) +\| (-\d+) +\| (.+?) +\|$/gm)].map(
      ([, code, status, close, rpc, meaning]) => [code, Number(status), Number(close), Number(rpc), meaning],
    );
    expect(shown).toEqual(
      Object.entries(ERROR_TABLE).map(([code, row]) => [code, row.status, row.close, row.rpc, row.meaning]),
    );
  });
});

describe('Settings of the reference application', () => {
  const names = [...VARIABLES].sort();

  it('stand in the table of README.md, all of them and no others', () => {
    const [, table = ''] = readFileSync(join(ROOT, 'README.md'), 'utf8').split(/^## Settings .*$/m);
    const [section = ''] = table.split(/^## /m);
    const firstCells = [...section.matchAll(/^\| (`.*?) +\|/gm)].flatMap(([, cell = '']) => [
      ...cell.matchAll(/`([A-Z_]+)`/g),
    ]);
    expect(firstCells.map(([, name]) => name).sort()).toEqual(names);
  });

  it('stand in .env.example, all of them and no others', () => {
    const text = readFileSync(join(ROOT, '.env.example'), 'utf8');
    expect([...text.matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name).sort()).toEqual(names);
  });
});
