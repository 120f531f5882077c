import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceConfiguration } from './source-configuration.js';
import { SourceStore } from './source-store.port.js';

const SUFFIX = '.json';

/**
 * Keeps each source in a file of its own, readable by the owner only: documents hold passwords. A document is written
 * beside the old one and put in its place at once, so a crash leaves the old or the new one, never half of it.
 */
export class FileSourceStore extends SourceStore {
  private step: Promise<unknown> = Promise.resolve();

  /** @param directory made when the first document is written */
  constructor(private readonly directory: string) {
    super();
  }

  override async names(): Promise<readonly string[]> {
    const files = await ifThere(() => readdir(this.directory));
    return (files ?? [])
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => decodeURIComponent(file.slice(0, -SUFFIX.length)))
      .sort();
  }

  override async get(source: string): Promise<SourceConfiguration | undefined> {
    const text = await ifThere(() => readFile(this.file(source), 'utf8'));
    return text === undefined ? undefined : (JSON.parse(text) as SourceConfiguration);
  }

  override put(source: string, configuration: SourceConfiguration): Promise<void> {
    const text = JSON.stringify(configuration, undefined, 2);
    return this.inOrder(async () => {
      await mkdir(this.directory, { recursive: true });
      const draft = join(this.directory, `${randomUUID()}.draft`);
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, this.file(source));
    });
  }

  override delete(source: string): Promise<boolean> {
    return this.inOrder(async () => (await ifThere(() => rm(this.file(source)).then(() => true))) ?? false);
  }

  /** Percent-encoding keeps any name within the directory; a name of dots alone would leave it. */
  private file(source: string): string {
    const name = encodeURIComponent(source).replaceAll('.', '%2E').replaceAll('*', '%2A');
    return join(this.directory, `${name}${SUFFIX}`);
  }

  private inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.step.then(work);
    this.step = result.catch(() => undefined);
    return result;
  }
}

async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
