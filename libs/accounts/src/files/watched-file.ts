import { versionOfFile } from './private-file.js';

/** The content of a file, read again only when the file has changed. */
export class WatchedFile<T> {
  private version: string | undefined;
  private content: T;

  constructor(
    private readonly path: string,
    private readonly read: () => Promise<T>,
    empty: T,
  ) {
    this.content = empty;
  }

  async current(): Promise<T> {
    const version = await versionOfFile(this.path);
    if (version !== this.version) {
      this.content = await this.read();
      this.version = version;
    }
    return this.content;
  }
}
