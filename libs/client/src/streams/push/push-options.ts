import type { Duration } from '@millrace/protocol';
import { BATCH_DEFAULTS, withDefaults } from '../../settings/defaults.js';
import { milliseconds, wholeNumber } from '../../settings/read-setting.js';
import type { TransferProgress } from '../transfer-progress.js';
import type { PushProducerOptions } from './push-producer.js';

/** An entry's bytes; a text goes as UTF-8. */
export type EntryData = Uint8Array | string;

export function bytesOfEntry(data: EntryData): Uint8Array {
  return typeof data === 'string' ? new TextEncoder().encode(data) : data;
}

/** When entries that were sent one by one leave together. */
export interface BatchOptions {
  /** At so many entries. @default 100 */
  entries?: number;
  /** At so many bytes. A single larger entry goes alone. @default 1048576 */
  bytes?: number;
  /** So long after the first one. @default '10ms' */
  delay?: Duration;
}

/** Options of an acknowledged push. */
export interface PushOptions {
  /** Whether the server acknowledges each entry once it is stored. @default true */
  ack?: true | undefined;
  /** Entries that may wait for their acknowledgement, in at most 1024 messages or batches. @default 256 */
  window?: number;
  /** Bytes of such entries; one larger entry is let through alone. @default 8388608 */
  windowBytes?: number;
  /** Gathers entries into batches, each stored whole or not at all; `true` for the usual limits. @default false */
  batch?: boolean | BatchOptions;
  /** Names the writer, for a program that comes back after a crash. @default a random name for each push */
  producer?: PushProducerOptions | undefined;
  /** Hears of every acknowledgement. */
  onProgress?: (progress: TransferProgress) => void;
  /** Ends the push with its reason; what waits rejects. */
  signal?: AbortSignal | undefined;
}

/** Options of a push that nobody acknowledges. */
export interface PlainPushOptions {
  ack: false;
  /** Bytes that may wait in the socket before `send` waits. @default 8388608 */
  windowBytes?: number;
  /** Hears of every entry that was handed to the socket. */
  onProgress?: (progress: TransferProgress) => void;
  /** Ends the push with its reason. */
  signal?: AbortSignal | undefined;
}

/** The limits of a batch, checked. */
export interface BatchLimits {
  readonly entries: number;
  readonly bytes: number;
  readonly delay: number;
}

/** Servers take messages of 16 MiB. */
const MAX_BATCH_BYTES = 15 * 1024 * 1024;

/** Servers take batches of so many entries. */
const MAX_BATCH_ENTRIES = 10_000;

/** @returns undefined where entries go one by one @throws ConfigurationError */
export function readBatch({ batch }: PushOptions): BatchLimits | undefined {
  if (batch === undefined || batch === false) return undefined;
  const { entries, bytes, delay } = withDefaults<BatchOptions, typeof BATCH_DEFAULTS>(
    batch === true ? {} : batch,
    BATCH_DEFAULTS,
  );
  return {
    entries: wholeNumber('batch.entries', entries, MAX_BATCH_ENTRIES),
    bytes: wholeNumber('batch.bytes', bytes, MAX_BATCH_BYTES),
    delay: milliseconds('batch.delay', delay),
  };
}
