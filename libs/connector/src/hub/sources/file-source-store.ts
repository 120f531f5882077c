import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MillraceError } from '@millrace/core/errors';
import { fileError, readIfThere, whyNotWritten, writePrivateFile } from '@millrace/files';
import { type SourceConfiguration, SourceStore } from '../../api/source-store.port.js';
import { Sequence } from '@millrace/protocol';
import { documentIn, isUnicode } from './source-text.js';

const SUFFIX = '.json';
/** What common file systems take for the name of a file, in bytes. */
const MAX_FILE_NAME = 255;

/**
 * Keeps each source in a file of its own, readable by the owner only: documents hold passwords. A document is written
 * beside the old one and put in its place at once, so a crash leaves the old or the new one, never half of it.
 */
export class FileSourceStore extends SourceStore {
  private readonly changes = new Sequence();

  /** @param directory made when the first document is written */
  constructor(private readonly directory: string) {
    super();
  }

  override async names(): Promise<readonly string[]> {
    const files = await ifThere(() => readdir(this.directory)).catch((error: unknown) => {
      throw fileError(error, this.directory);
    });
    return (files ?? [])
      .map((file) => sourceOf(file))
      .filter((source) => source !== undefined)
      .sort();
  }

  override async get(source: string): Promise<SourceConfiguration | undefined> {
    const file = this.file(source);
    const text = file && (await readIfThere(file));
    return file === undefined || text === undefined ? undefined : read(source, file, text);
  }

  /** @throws MillraceError `INVALID` for a name that a file cannot have, `UNAVAILABLE` when the disk is full */
  override async put(source: string, configuration: SourceConfiguration): Promise<void> {
    const file = this.file(source);
    if (!file) {
      throw new MillraceError(
        'INVALID',
        `The name of the source cannot be kept as the name of a file: it must be valid Unicode, and at most ${MAX_FILE_NAME} bytes when percent-encoded with ${SUFFIX}`,
      );
    }
    const text = JSON.stringify(configuration, undefined, 2);
    return this.changes.run(() => writePrivateFile(file, text).catch(fail));
  }

  override delete(source: string): Promise<boolean> {
    const file = this.file(source);
    return this.changes.run(
      async () => file !== undefined && (await ifThere(() => rm(file).then(() => true)).catch(fail)) === true,
    );
  }

  private file(source: string): string | undefined {
    const name = fileOf(source);
    return name && join(this.directory, name);
  }
}

/**
 * The name of a source's file; undefined for a source that can have none. Percent-encoding keeps any name within the
 * directory; a name of dots alone would leave it.
 */
function fileOf(source: string): string | undefined {
  if (!isUnicode(source)) return undefined;
  const name = `${encodeURIComponent(source).replaceAll('.', '%2E').replaceAll('*', '%2A')}${SUFFIX}`;
  return name.length <= MAX_FILE_NAME ? name : undefined;
}

/** The source a file is of; undefined for a file that is not of this store. */
function sourceOf(file: string): string | undefined {
  try {
    const source = decodeURIComponent(file.slice(0, -SUFFIX.length));
    return fileOf(source) === file ? source : undefined;
  } catch {
    return undefined;
  }
}

/** @throws Error naming the file, without quoting it: documents hold passwords */
function read(source: string, file: string, text: string): SourceConfiguration {
  const document = documentIn(text);
  if (document) return document;
  const name = JSON.stringify(source);
  throw new Error(
    `The file of the source ${name}, ${resolve(file)}, is not a JSON object; restore it from a copy, or remove it`,
  );
}

function fail(error: unknown): never {
  const reason = whyNotWritten(error);
  throw reason === undefined ? error : new MillraceError('UNAVAILABLE', reason, { cause: error });
}

async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
