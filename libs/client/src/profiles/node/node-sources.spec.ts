import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CredentialsFileError } from '../credentials.errors.js';
import { nodeSources } from './node-sources.js';

describe('The credentials file of a home directory', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'millrace-home-'))));
  afterEach(() => rmSync(home, { recursive: true }));
  const read = (file = 'credentials.yaml') => nodeSources({ environment: {}, home }).credentials(file, false);

  it('is read', () => {
    writeFileSync(join(home, 'credentials.yaml'), 'lab:\n  btrdb: { endpoints: "h:1" }\n');
    expect(read()?.profile('lab')?.endpoints).toBe('h:1');
  });

  it('may be absent, as may its folder', () => {
    writeFileSync(join(home, 'file'), '');
    expect([read(), read('folder/credentials.yaml'), read('file/credentials.yaml')]).toEqual(Array(3).fill(undefined));
  });

  it('is refused by its name when it is a folder', () => {
    mkdirSync(join(home, 'credentials.yaml'));
    expect(() => read()).toThrow(CredentialsFileError);
    expect(() => read()).toThrow(/credentials\.yaml: is not a file/);
  });

  it('is not even read when it is far too large', () => {
    writeFileSync(join(home, 'credentials.yaml'), '');
    // A file with a hole: three gigabytes are more than one string could hold.
    truncateSync(join(home, 'credentials.yaml'), 3 * 2 ** 30);
    expect(() => read()).toThrow(CredentialsFileError);
    expect(() => read()).toThrow(/is far too large for a list of profiles/);
  });
});
