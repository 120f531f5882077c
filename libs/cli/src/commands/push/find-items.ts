import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { CliContext } from '../../context.js';
import { UsageError } from '../../errors/cli.errors.js';
import { humanSize } from '../../output/human.js';
import { folderFiles } from './folder-files.js';
import { inLines, inPieces } from './split-bytes.js';

/** Options of `millrace push`. */
export interface PushCommandOptions {
  /** Bytes of each entry. */
  readonly split?: number;
  /** Each line is an entry. */
  readonly lines?: boolean;
  /** Entries a second. */
  readonly rate?: number;
  /** Extensions of the files of a folder that are taken; `*`: all. */
  readonly ext?: string;
  /** Start a folder again when it is through. */
  readonly loop?: boolean;
  /** Entries under way. */
  readonly window?: number;
}

/** One entry to be pushed. */
export interface PushedItem {
  readonly data: Uint8Array;
  /** The file it is from. */
  readonly file: string | undefined;
}

/** Everything to be pushed. */
interface PushedItems {
  readonly items: AsyncIterable<PushedItem>;
  /** Bytes in all; undefined when nobody knows. */
  readonly totalBytes: number | undefined;
}

/** Largest entry that a server takes (stream-store§6). */
export const MAX_ENTRY = 16 * 1024 * 1024;

const STANDARD_INPUT = '-';

/** What the arguments name: files, folders, or standard input. @throws UsageError; errors of the file system */
export async function findItems(
  paths: readonly string[],
  options: PushCommandOptions,
  context: CliContext,
): Promise<PushedItems> {
  if (options.lines && options.split) throw new UsageError('--lines and --split do not go together');
  const given = paths.length > 0 ? paths : [STANDARD_INPUT];
  if (given.filter((path) => path === STANDARD_INPUT).length > 1)
    throw new UsageError('Standard input ("-") can be given only once');
  if (paths.length === 0 && context.stdin.isTTY)
    throw new UsageError('Give a file or a folder, or pipe data into standard input');
  const files: string[] = [];
  let total: number | undefined = options.loop ? undefined : 0;
  let folders = 0;
  for (const path of given) {
    const found = path === STANDARD_INPUT ? undefined : await stat(path);
    if (found?.isDirectory()) {
      folders += 1;
      files.push(...(await folderFiles(path, options.ext)));
    } else files.push(path);
  }
  if (options.loop && (folders === 0 || files.includes(STANDARD_INPUT)))
    throw new UsageError('--loop works with folders only; give one');
  for (const path of total === undefined ? [] : files) {
    const found = path === STANDARD_INPUT ? undefined : await stat(path);
    // A pipe with a name, or a device, does not say how much comes.
    total = found?.isFile() && total !== undefined ? total + found.size : undefined;
  }
  return { items: itemsOf(files, options, context), totalBytes: total };
}

async function* itemsOf(
  files: readonly string[],
  options: PushCommandOptions,
  context: CliContext,
): AsyncGenerator<PushedItem> {
  do {
    for (const path of files) yield* entriesOf(path, options, context);
  } while (options.loop);
}

async function* entriesOf(
  path: string,
  { split, lines }: PushCommandOptions,
  { stdin, signal }: CliContext,
): AsyncGenerator<PushedItem> {
  const file = path === STANDARD_INPUT ? undefined : path;
  const bytes = (): AsyncIterable<Uint8Array> =>
    file === undefined ? stdin : (createReadStream(file, { signal }) as AsyncIterable<Uint8Array>);
  if (split) for await (const data of inPieces(bytes(), split)) yield { data, file };
  else if (lines) for await (const data of inLines(bytes(), MAX_ENTRY)) yield { data, file };
  else yield { data: await whole(file, bytes), file };
}

async function whole(file: string | undefined, bytes: () => AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const found = file === undefined ? undefined : await stat(file);
  if (file !== undefined && found?.isFile() && found.size <= MAX_ENTRY) return readFile(file);
  if (found && found.size > MAX_ENTRY) throw tooLarge(file);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes()) {
    size += chunk.length;
    if (size > MAX_ENTRY) throw tooLarge(file);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function tooLarge(file: string | undefined): UsageError {
  const what = file ?? 'Standard input';
  return new UsageError(`${what} is larger than one entry may be (${humanSize(MAX_ENTRY)}); say --split 1M or --lines`);
}
