import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml; charset=utf-8',
};

/** A file of the pages, and what its type is. */
export interface KeptFile {
  readonly type: string;
  readonly content: Buffer;
  /** The same for clients that take gzip: a quarter to a half of it. */
  readonly zipped: Buffer;
}

const zip = promisify(gzip);

/** Files that are read and compressed once. */
export class KeptFiles {
  private readonly files = new Map<string, Promise<KeptFile>>();

  read(url: URL): Promise<KeptFile> {
    const { href } = url;
    let file = this.files.get(href);
    if (!file) {
      const type = TYPES[href.slice(href.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
      file = readFile(url).then(async (content) => {
        return { type, content, zipped: await zip(content, { level: constants.Z_BEST_COMPRESSION }) };
      });
      // What could not be read may be there the next time.
      file.catch(() => this.files.delete(href));
      this.files.set(href, file);
    }
    return file;
  }
}
