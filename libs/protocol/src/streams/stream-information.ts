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
  /** What bounds it now; an older server does not tell it. */
  readonly retention?: WireRetention;
  /** Metadata as JSON text. */
  readonly meta: string | null;
}

/** What bounds a stream: the bounds in its metadata, else those of the server. Null where nothing does. */
export interface WireRetention {
  /** Entries kept. */
  readonly max_len: number | null;
  /** Age of the oldest kept entry, in seconds. */
  readonly max_age: number | null;
  /** Bytes of data kept. */
  readonly max_bytes: number | null;
}

/** The numbers of one stream, as `GET /streams?statistics=true` answers them (stream-store§4). */
export interface WireStreamNumbers {
  readonly name: string;
  /** Entries it has. */
  readonly entries: number;
  /** Bytes of data; null where the store does not count them. */
  readonly bytes: number | null;
  /** Entries that were ever added. */
  readonly added: number;
  /** IDs of the first and last kept entries; null where it has none. */
  readonly first_id: EntryId | null;
  readonly last_id: EntryId | null;
  /** Whether it was ended for good. */
  readonly ended: boolean;
  /** Groups of consumers. */
  readonly groups: number;
  /** Pull sockets, and readers of events and pictures, that the instance which answers has open. */
  readonly readers: number;
  /** Push sockets that it has open. */
  readonly writers: number;
  /** Entries added in a second of late, on all instances; null until the server has looked twice, at least 1 s apart. */
  readonly rate: number | null;
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
