import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { jsonAt } from '@millrace/protocol';
import { UsageError, ConfigurationFileError } from '../../errors/cli.errors.js';
import { readId } from '../../arguments/argument-parsers.js';
import { INDEX_FILE } from '../pull/entry-sinks.js';
import { inLines } from '../push/split-bytes.js';

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
  const name = file ?? 'standard input';
  let number = 0;
  for await (const line of linesOf(file === undefined ? stdin : createReadStream(file))) {
    number += 1;
    if (line.trim() !== '') yield readLine(line, `${name}, line ${number}`, file);
  }
}

/** Number of entries in a recording, to show how far its replay is; undefined when it comes by a pipe. */
export async function countRecording(path: string): Promise<number | undefined> {
  if (path === '-') return undefined;
  let count = 0;
  for await (const line of linesOf(createReadStream(await indexOf(path)))) if (line.trim() !== '') count += 1;
  return count;
}

/** Lines that end with a line feed only: Node's `readline` would cut a line at U+2028, which JSON may hold, as well. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  for await (const line of inLines(input as AsyncIterable<Buffer>, Infinity)) yield Buffer.from(line).toString();
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
  let content: Partial<Record<'stream' | 'id' | 'size' | 'file' | 'data' | 'encoding' | 'base64', unknown>> | null;
  try {
    content = JSON.parse(line) as typeof content;
  } catch (error) {
    throw new ConfigurationFileError(`${place}: is not JSON`, { cause: error });
  }
  const { stream, id, size, file, data, encoding, base64 } = content ?? {};
  if (typeof stream !== 'string' || typeof id !== 'string' || !readId(id))
    throw new ConfigurationFileError(`${place}: needs "stream" and "id", the ID of an entry`);
  if (typeof file === 'string' && index !== undefined)
    return { stream, id, data: () => readFile(insideOf(dirname(index), file, place)) };
  if (encoding !== undefined && !ENCODINGS.has(encoding))
    throw new ConfigurationFileError(
      `${place}: "encoding" must be base64, utf8 or json, not ${JSON.stringify(encoding)}`,
    );
  const isExact = typeof base64 === 'string';
  const bytes = isExact ? Buffer.from(base64, 'base64') : bytesOf(line, data, encoding);
  if (!bytes) throw new ConfigurationFileError(`${place}: has no data; record with --encoding base64`);
  // Earlier versions counted the white space of JSON that they did not record.
  if (typeof size === 'number' && size !== bytes.length && (isExact || encoding !== 'json'))
    throw new ConfigurationFileError(`${place}: has ${bytes.length} bytes of data where ${size} were recorded`);
  return { stream, id, data: async () => bytes };
}

const ENCODINGS = new Set<unknown>(['base64', 'utf8', 'json']);

function bytesOf(line: string, data: unknown, encoding: unknown): Uint8Array | undefined {
  // As text: what JavaScript makes of the numbers is not what was recorded.
  if (encoding === 'json') return data === undefined ? undefined : Buffer.from(jsonAt(line, ['data']) ?? 'null');
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
