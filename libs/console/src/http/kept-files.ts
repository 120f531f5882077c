import { readFile } from 'node:fs/promises';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
};

/** A file of the pages, and what its type is. */
export interface KeptFile {
  readonly type: string;
  readonly content: Buffer;
}

/** Files that are read once. */
export class KeptFiles {
  private readonly files = new Map<string, Promise<KeptFile>>();

  read(url: URL): Promise<KeptFile> {
    const { href } = url;
    let file = this.files.get(href);
    if (!file) {
      const type = TYPES[href.slice(href.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      file = readFile(url).then((content) => ({ type, content }));
      // What could not be read may be there the next time.
      file.catch(() => this.files.delete(href));
      this.files.set(href, file);
    }
    return file;
  }
}
