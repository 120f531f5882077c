import type { KnownStreamInformation, StreamMetadata, UnknownStreamInformation } from '@millrace/protocol';

/** What a server knows of a stream (stream-store§4). */
export interface StreamInfo {
  readonly stream: string;
  /** Whether there is such a stream. */
  readonly exists: boolean;
  /** Entries it has. */
  readonly length: number;
  /** Entries that were ever added. */
  readonly entriesAdded: number;
  /** IDs; undefined where there is none. */
  readonly firstEntry: string | undefined;
  readonly lastEntry: string | undefined;
  /** The last ID that was ever given, also when its entry is gone. */
  readonly lastGeneratedId: string;
  /** Bytes of data, where the store counts them. */
  readonly bytes: number | undefined;
  readonly metadata: StreamMetadata | undefined;
}

type Field = keyof KnownStreamInformation | keyof UnknownStreamInformation;

/** Reads the object of `GET /streams/{id}`. */
export function readStreamInfo(value: unknown): StreamInfo {
  // Nothing is taken on trust: a server of another make may leave fields out.
  const info = value as Readonly<Partial<Record<Field, unknown>>>;
  const number = (name: Field): number | undefined => asType<number>(info[name], 'number');
  const text = (name: Field): string | undefined => asType<string>(info[name], 'string');
  return {
    stream: text('sid') ?? '',
    exists: info['error'] === undefined,
    length: number('length') ?? 0,
    entriesAdded: number('entries-added') ?? 0,
    firstEntry: text('first-entry'),
    lastEntry: text('last-entry'),
    lastGeneratedId: text('last-generated-id') ?? '0-0',
    bytes: number('bytes'),
    metadata: readMetadata(info['meta']),
  };
}

/** Reads metadata: JSON text, or the object itself. */
export function readMetadata(value: unknown): StreamMetadata | undefined {
  const read: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  return typeof read === 'object' && read !== null ? (read as StreamMetadata) : undefined;
}

function asType<T>(value: unknown, type: string): T | undefined {
  return typeof value === type ? (value as T) : undefined;
}
