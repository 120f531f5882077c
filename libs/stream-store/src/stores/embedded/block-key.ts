import type { IdParts } from '@millrace/protocol';

/** Key of a block: number of the stream (4 bytes) and ID of its first entry (8, 8), big-endian so that keys sort as IDs. */
export function blockKey(stream: number, { ms, seq }: IdParts): Buffer {
  const key = Buffer.allocUnsafe(20);
  key.writeUInt32BE(stream, 0);
  key.writeBigUInt64BE(ms, 4);
  key.writeBigUInt64BE(seq, 12);
  return key;
}

/** A key below every block of a stream. */
export function firstKey(stream: number): Buffer {
  const key = Buffer.alloc(20);
  key.writeUInt32BE(stream, 0);
  return key;
}

/** A key above every block of a stream. */
export function endKey(stream: number): Buffer {
  return firstKey(stream + 1);
}

/** The greatest key that a block beginning with an ID can have: that of a {@link singleKey} goes on behind the ID. */
export function lastKeyOf(stream: number, id: IdParts): Buffer {
  return Buffer.concat([blockKey(stream, id), LAST]);
}

const LAST = Buffer.alloc(1, 0xff);
