import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createInterface } from 'node:readline';
import { UsageError, ConfigurationFileError } from '../../errors/cli.errors.js';
import { readId } from '../../arguments/argument-parsers.js';
import { INDEX_FILE } from '../pull/entry-sinks.js';

/** One entry of a recording. */
export interface RecordedEntry {
  readonly stream: string;
  readonly id: string;
  readonly data: () => Promise<Uint8Array>;
}

/**
 * Reads a recording: a folder that `pull --output` made, or a file (or `-`, standard input) of `pull --json`.
 *
 * @throws UsageError, ConfigurationFileError naming file and line
 */
export async function* readRecording(path: string, stdin: NodeJS.ReadableStream): AsyncGenerator<RecordedEntry> {
  const file = path === '-' ? undefined : await indexOf(path);
  const opened = file === undefined ? undefined : createReadStream(file);
  const name = file ?? 'standard input';
  const lines = createInterface({ input: opened ?? stdin, crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number += 1;
      if (line.trim() !== '') yield readLine(line, `${name}, line ${number}`, file);
    }
  } finally {
    lines.close();
    opened?.destroy();
  }
}

/** Number of entries in a recording, to show how far its replay is; undefined when it comes by a pipe. */
export async function countRecording(path: string): Promise<number | undefined> {
  if (path === '-') return undefined;
  const file = await open(await indexOf(path));
  let count = 0;
  for await (const line of file.readLines()) if (line.trim() !== '') count += 1;
  return count;
}

async function indexOf(path: string): Promise<string> {
  if (!(await stat(path)).isDirectory()) return path;
  const index = join(path, INDEX_FILE);
  if (await stat(index).catch(() => undefined)) return index;
  throw new UsageError(
    `${path} is not a recording of "pull --output": it has no ${INDEX_FILE}; to push a folder of files, use "push --rate"`,
  );
}

function readLine(line: string, place: string, index: string | undefined): RecordedEntry {
  let content: Partial<Record<'stream' | 'id' | 'file' | 'data' | 'encoding', unknown>> | null;
  try {
    content = JSON.parse(line) as typeof content;
  } catch (error) {
    throw new ConfigurationFileError(`${place}: is not JSON`, { cause: error });
  }
  const { stream, id, file, data, encoding } = content ?? {};
  if (typeof stream !== 'string' || typeof id !== 'string' || !readId(id))
    throw new ConfigurationFileError(`${place}: needs "stream" and "id", the ID of an entry`);
  if (typeof file === 'string' && index !== undefined)
    return { stream, id, data: () => readFile(insideOf(dirname(index), file, place)) };
  const bytes = bytesOf(data, encoding);
  if (!bytes) throw new ConfigurationFileError(`${place}: has no data; record with --encoding base64`);
  return { stream, id, data: async () => bytes };
}

function bytesOf(data: unknown, encoding: unknown): Uint8Array | undefined {
  if (encoding === 'json') return Buffer.from(JSON.stringify(data) ?? 'null');
  if (typeof data !== 'string') return undefined;
  return Buffer.from(data, encoding === 'utf8' ? 'utf8' : 'base64');
}

/** A recording may come from others: it must not have any file of this machine pushed. */
function insideOf(folder: string, file: string, place: string): string {
  const path = resolve(folder, file);
  const way = relative(resolve(folder), path);
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way)
    throw new ConfigurationFileError(`${place}: "file" must name a file in the folder of the recording`);
  return path;
}
