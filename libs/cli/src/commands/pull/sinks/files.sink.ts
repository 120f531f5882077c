import { type FileHandle, mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamEntry } from '@millrace/client';
import { readId } from '../../entry-id.js';
import { sniff } from '../sniff.js';
import type { EntrySink } from './entry-sink.js';

/** Name of the list of what a recording holds, in order. */
export const INDEX_FILE = 'index.jsonl';

/** A file for each entry, `<folder>/<stream>/<id>.<extension>`, and a list of them that `replay` reads. */
export class FilesSink implements EntrySink {
  private readonly folders = new Set<string>();

  private constructor(
    private readonly folder: string,
    private readonly extension: string | undefined,
    private readonly index: FileHandle,
  ) {}

  static async open(folder: string, extension: string | undefined): Promise<FilesSink> {
    await mkdir(folder, { recursive: true });
    return new FilesSink(folder, extension?.replace(/^\./, ''), await open(join(folder, INDEX_FILE), 'a'));
  }

  async write({ stream, id, data }: StreamEntry): Promise<void> {
    // Names come from a server: neither may lead out of the folder.
    if (!readId(id)) throw new Error(`The server sent "${id}" where an entry ID must be, for example 1700000000000-0`);
    const name = safeName(stream);
    const file = `${name}/${id}.${this.extension ?? sniff(data)}`;
    if (!this.folders.has(name)) {
      await mkdir(join(this.folder, name), { recursive: true });
      this.folders.add(name);
    }
    await writeFile(join(this.folder, file), data);
    await this.index.appendFile(`${JSON.stringify({ stream, id, size: data.length, file })}\n`);
  }

  close(): Promise<void> {
    return this.index.close();
  }
}

/** A stream's name as that of a folder, on every system. */
export function safeName(stream: string): string {
  return encodeURIComponent(stream).replace(
    /[.*'()!~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
