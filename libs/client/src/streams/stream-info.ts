import {
  type KnownStreamInformation,
  type StreamMetadata,
  streamNameFault,
  type UnknownStreamInformation,
  type WireRetention,
} from '@millrace/protocol';
import { ConfigurationError } from '../errors/client.error.js';
import type { ServerLink } from '../link/server-link.js';

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
  /** Whether it was ended for good: it takes no more entries. */
  readonly ended: boolean;
  /** Bytes of data, where the store counts them. */
  readonly bytes: number | undefined;
  /** What bounds it now: the bounds in its metadata, else those of the server. Undefined where the server does not tell. */
  readonly retention: StreamBounds | undefined;
  readonly metadata: StreamMetadata | undefined;
}

/** Bounds of a stream, each undefined where nothing bounds it. They are set by its metadata `max_len`, `max_age` and `max_bytes`. */
export interface StreamBounds {
  /** Entries kept. */
  readonly maxLength: number | undefined;
  /** Age of the oldest kept entry, in seconds. */
  readonly maxAge: number | undefined;
  /** Bytes of data kept. */
  readonly maxBytes: number | undefined;
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
    ended: info['ended'] === true,
    bytes: number('bytes'),
    retention: readBounds(info.retention),
    metadata: readMetadata(info['meta']),
  };
}

function readBounds(value: unknown): StreamBounds | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { max_len, max_age, max_bytes } = value as WireRetention;
  return { maxLength: max_len ?? undefined, maxAge: max_age ?? undefined, maxBytes: max_bytes ?? undefined };
}

/** Reads metadata: JSON text, or the object itself. */
export function readMetadata(value: unknown): StreamMetadata | undefined {
  const read: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  return typeof read === 'object' && read !== null ? (read as StreamMetadata) : undefined;
}

function asType<T>(value: unknown, type: string): T | undefined {
  return typeof value === type ? (value as T) : undefined;
}

/** The names of streams as part of a path. @throws ConfigurationError for names no stream can have */
export function pathOfStreams(names: readonly string[]): string {
  if (names.length === 0) throw new ConfigurationError('streams', 'name at least one stream');
  return names.map(encodeName).join('+');
}

function encodeName(name: string): string {
  const fault = streamNameFault(name);
  if (fault) throw new ConfigurationError('stream', `cannot be named ${JSON.stringify(name)}: ${fault}`);
  return encodeURIComponent(name);
}

/** What is known of a stream, asked with the patience of a push or pull. */
export async function patientInfo(
  link: ServerLink,
  stream: string,
  signal: AbortSignal | undefined,
): Promise<StreamInfo> {
  const { maxAttempts: rounds, connectTimeout: answerWithin } = link.settings;
  const path = `streams/${pathOfStreams([stream])}`;
  return readStreamInfo(await link.json({ path, rounds, answerWithin }, { signal, timeout: 0 }));
}
