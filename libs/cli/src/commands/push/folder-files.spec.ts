import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { folderFiles } from './folder-files.js';

describe('The files of a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-folder-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are files and links to files, as people count; no folder and no pipe, which might never end', async () => {
    for (const name of ['2.png', '10.png', 'new\nline.png', 'ü.JPG', '.hidden.png', 'other.txt'])
      writeFileSync(join(folder, name), '');
    mkdirSync(join(folder, 'folder.png'));
    execFileSync('mkfifo', [join(folder, 'pipe.png')]);
    symlinkSync('2.png', join(folder, '3.png'));
    symlinkSync('folder.png', join(folder, '4.png'));
    const names = (await folderFiles(folder, undefined)).map((file) => basename(file));
    expect(names).toEqual(['2.png', '3.png', '10.png', 'new\nline.png', 'ü.JPG']);
  });
});
