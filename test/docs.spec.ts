import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_TABLE } from '@millrace/core';

describe('docs/errors.md', () => {
  it('shows the rows of the error table, and no others', () => {
    const text = readFileSync(join(__dirname, '../docs/errors.md'), 'utf8');
    const shown = [...text.matchAll(/^\| `(\w+)` +\| (\d+) +\| (\d+) +\| (-\d+) +\| (.+?) +\|$/gm)].map(
      ([, code, status, close, rpc, meaning]) => [code, Number(status), Number(close), Number(rpc), meaning],
    );
    expect(shown).toEqual(
      Object.entries(ERROR_TABLE).map(([code, row]) => [code, row.status, row.close, row.rpc, row.meaning]),
    );
  });
});
