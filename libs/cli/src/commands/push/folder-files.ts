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
  const names: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (takes(entry.name) && (await isFile(entry, folder))) names.push(entry.name);
  const order = new Intl.Collator('en', { numeric: true });
  names.sort((first, second) => order.compare(first, second));
  if (names.length > 0) return names.map((name) => join(folder, name));
  const what = extensions === undefined ? 'no pictures; --ext names other extensions, --ext "*" all' : 'no such files';
  throw new UsageError(`${folder} has ${what}`);
}

/** Neither a folder nor a pipe nor a socket, which might never end; a link counts as what it leads to. */
async function isFile(entry: Dirent, folder: string): Promise<boolean> {
  return entry.isFile() || (entry.isSymbolicLink() && (await stat(join(folder, entry.name))).isFile());
}
