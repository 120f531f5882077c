import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { UsageError } from '../../errors/cli.errors.js';

const PICTURES = ['jpg', 'jpeg', 'png', 'webp', 'gif', 'bmp', 'tif', 'tiff', 'avif'];

/** The files of a folder with the given extensions (`*`: all but hidden ones), in the order in which people count. */
export async function folderFiles(folder: string, extensions: string | undefined): Promise<string[]> {
  const wanted =
    extensions === undefined ? PICTURES : extensions.split(',').map((one) => one.trim().replace(/^\./, ''));
  const takes = (name: string): boolean => {
    if (name.startsWith('.')) return false;
    return wanted.includes('*') || wanted.includes(extname(name).slice(1).toLowerCase());
  };
  const entries = await readdir(folder, { withFileTypes: true });
  const order = new Intl.Collator('en', { numeric: true });
  const names = (
    await filesAmong(
      entries.filter(({ name }) => takes(name)),
      folder,
    )
  )
    .map(({ name }) => name)
    .sort((first, second) => order.compare(first, second));
  if (names.length > 0) return names.map((name) => join(folder, name));
  const what = extensions === undefined ? 'no pictures; --ext names other extensions, --ext "*" all' : 'no such files';
  throw new UsageError(`${folder} has ${what}`);
}

/** Neither folders nor pipes nor sockets, which might never end; links count as what they lead to. */
async function filesAmong(entries: readonly Dirent[], folder: string): Promise<Dirent[]> {
  const files: Dirent[] = [];
  for (const entry of entries)
    if (entry.isFile() || (entry.isSymbolicLink() && (await stat(join(folder, entry.name))).isFile()))
      files.push(entry);
  return files;
}
