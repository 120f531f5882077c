import { createHash } from 'node:crypto';
import { type FileHandle, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamEntry } from '@millrace/client';
import { fileError, makePrivateFolder } from '@millrace/files';
import { millisecondsOf, readId } from '../../arguments/argument-parsers.js';
import { UsageError } from '../../errors/cli.errors.js';
import { humanSize, printable } from '../../output/human.js';
import type { Output } from '../../output/output.js';
import { type Encoding, entryLine } from './entry-line.js';
import { sniff } from './sniff.js';

/** Options of `millrace pull`. */
export interface PullCommandOptions {
  /** Takes part in a group of consumers. */
  readonly group?: string;
  readonly after?: string;
  /** Entries, after which it ends. */
  readonly count?: number;
  /** False: ends with the newest entry that was there at the start. */
  readonly follow: boolean;
  /** Milliseconds, after which it ends. */
  readonly for?: number;
  /** Folder for a file an entry. */
  readonly output?: string;
  readonly ext?: string;
  /** The format that the server converts the entries to. */
  readonly convert?: string;
  /** A line feed after each entry. */
  readonly lines?: boolean;
  readonly encoding: Encoding;
}

/** Where pulled entries go. */
interface EntrySink {
  write(entry: StreamEntry): Promise<void>;
  /** Everything is safe when this resolves. */
  close(): Promise<void>;
}

/** Where the entries of a pull go, by its options. @throws UsageError when they do not go together */
export async function openSink(options: PullCommandOptions, output: Output): Promise<EntrySink> {
  if (options.output !== undefined) {
    if (options.lines) throw new UsageError('--lines and --output do not go together');
    return filesSink(options.output, options.ext);
  }
  if (output.json) {
    if (options.lines) throw new UsageError('--lines and --json do not go together');
    return written((entry) => output.line(entryLine(entry, options.encoding)));
  }
  if (options.lines) return written(({ data }) => output.write(Buffer.concat([data, LINE_FEED])));
  return written(
    output.toTerminal ? (entry) => output.line(previewLine(entry, output)) : ({ data }) => output.write(data),
  );
}

/** What goes to standard output has nothing to close. */
function written(write: EntrySink['write']): EntrySink {
  return { write, close: () => Promise.resolve() };
}

const LINE_FEED = Uint8Array.of(10);

/** Wide enough for any terminal; the line is cut to the real one's width. */
const MAX_TEXT = 300;
const DEFAULT_WIDTH = 100;

/** For a person at a terminal, which raw bytes would garble. */
function previewLine({ stream, id, data }: StreamEntry, { style, columns = DEFAULT_WIDTH }: Output): string {
  const time = new Date(millisecondsOf(id));
  const clock = Number.isNaN(time.getTime()) ? '' : time.toISOString().slice(11, 23);
  const [name, number, size] = [printable(stream), printable(id), humanSize(data.length)];
  const left = columns - [clock, name, number, size].join('  ').length - 2;
  const text = preview(data);
  const cut = text.length > left ? `${text.slice(0, Math.max(0, left - 1))}…` : text;
  return [style.faint(clock), style.strong(name), style.faint(number), size, cut].join('  ').trimEnd();
}

function preview(data: Uint8Array): string {
  const kind = sniff(data);
  if (kind !== 'txt' && kind !== 'json') return kind === 'bin' ? '' : `(${kind})`;
  return printable(Buffer.from(data.subarray(0, MAX_TEXT)).toString());
}

/** Name of the list of what a recording holds, in order. */
export const INDEX_FILE = 'index.jsonl';

/**
 * A file for each entry, `<folder>/<stream>/<id>.<extension>`, and a list of them that `replay` reads. Only their owner may
 * read them: entries may be what the server shows to few.
 */
async function filesSink(folder: string, extension: string | undefined): Promise<EntrySink> {
  makePrivateFolder(folder);
  const index = await openIndex(join(folder, INDEX_FILE));
  const folders = new Set<string>();
  return {
    write: async ({ stream, id, data }) => {
      // Names come from a server: neither may lead out of the folder.
      if (!readId(id))
        throw new Error(`The server sent "${id}" where an entry ID must be, for example 1700000000000-0`);
      const name = safeName(stream);
      const file = `${name}/${id}.${extension?.replace(/^\./, '') ?? sniff(data)}`;
      if (!folders.has(name)) makePrivateFolder(join(folder, name));
      folders.add(name);
      const path = join(folder, file);
      try {
        await writeFile(path, data, { mode: 0o600 });
        await index.appendFile(`${JSON.stringify({ stream, id, size: data.length, file })}\n`);
      } catch (error) {
        // Half a file is not an entry.
        await rm(path, { force: true }).catch(() => undefined);
        throw fileError(error, path);
      }
    },
    close: () => index.close(),
  };
}

/** More than a line of the list has. */
const MOST_BYTES_OF_LINE = 64 * 1024;

/** Opens the list to go on with it. Where a full disk or a killed process left half a line, that goes. */
async function openIndex(path: string): Promise<FileHandle> {
  const index = await open(path, 'a+', 0o600).catch((error: unknown) => {
    throw fileError(error, path);
  });
  const { size } = await index.stat();
  const start = Math.max(0, size - MOST_BYTES_OF_LINE);
  const { buffer, bytesRead } = await index.read(Buffer.alloc(size - start), 0, size - start, start);
  await index.truncate(start + buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1);
  return index;
}

/** File systems refuse a name above 255 characters. */
const MAX_NAME = 200;

/** A stream's name as that of a folder, on every system; of a long one the beginning, and a hash that tells it from others. */
function safeName(stream: string): string {
  const name = encodeURIComponent(stream).replace(
    /[.*'()!~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  if (name.length <= MAX_NAME) return name;
  return `${name.slice(0, MAX_NAME / 2)}~${createHash('sha256').update(stream).digest('hex')}`;
}
