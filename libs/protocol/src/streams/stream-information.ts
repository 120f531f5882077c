import type { EntryId } from './entry-id.js';

/** A stream that exists, as `GET /streams/{id}` answers it. */
export interface KnownStreamInformation {
  readonly sid: string;
  /** Entries it has. */
  readonly length: number;
  readonly 'radix-tree-keys': number;
  readonly 'radix-tree-nodes': number;
  readonly 'last-generated-id': EntryId;
  readonly 'max-deleted-entry-id': EntryId;
  /** Entries that were ever added. */
  readonly 'entries-added': number;
  readonly 'recorded-first-entry-id': EntryId;
  readonly groups: number;
  readonly 'first-entry': EntryId | null;
  readonly 'last-entry': EntryId | null;
  /** `YYYY-MM-DD HH:MM:SS.ffffff` in the server's time zone. */
  readonly 'first-entry-time': string | null;
  readonly 'last-entry-time': string | null;
  /** Present when the stream was ended for good. */
  readonly ended?: true;
  /** Bytes of data, where the store counts them. */
  readonly bytes?: number;
  /** Metadata as JSON text. */
  readonly meta: string | null;
}

/** A stream that does not exist; it may have metadata all the same. */
export interface UnknownStreamInformation {
  readonly sid: string;
  readonly error: string;
  readonly meta: string | null;
}

/** What `GET /streams/{id}` answers (stream-store§4). */
export type StreamInformation = KnownStreamInformation | UnknownStreamInformation;

/** Free fields of a stream; three of them bound it. */
export interface StreamMetadata {
  /** Entries kept. */
  max_len?: number;
  /** Age of the oldest kept entry, in seconds. */
  max_age?: number;
  /** Bytes of data kept. */
  max_bytes?: number;
  [field: string]: unknown;
}

/** What one deletion removed. */
export interface DeletedStream {
  readonly stream: string;
  readonly metadata: boolean;
  readonly entries: number;
  readonly existed: boolean;
}
