import { type IdParts, ZERO_PARTS } from '@millrace/protocol';

/** Bytes of the key of a block. That of a large entry goes on behind them. */
export const BLOCK_KEY_BYTES = 20;

/** Key of a block: number of the stream (4 bytes) and ID of its first entry (8, 8), big-endian so that keys sort as IDs. */
export function blockKey(stream: number, { ms, seq }: IdParts): Buffer {
  const key = Buffer.allocUnsafe(BLOCK_KEY_BYTES);
  key.writeUInt32BE(stream, 0);
  key.writeBigUInt64BE(ms, 4);
  key.writeBigUInt64BE(seq, 12);
  return key;
}

/** Number of the stream that a key belongs to. */
export function streamOfKey(key: Buffer): number {
  return key.readUInt32BE(0);
}

/** ID of the first entry under a key. */
export function idOfKey(key: Buffer): IdParts {
  return { ms: key.readBigUInt64BE(4), seq: key.readBigUInt64BE(12) };
}

/** A key below every block of a stream. */
export function firstKey(stream: number): Buffer {
  return blockKey(stream, ZERO_PARTS);
}

/** A key above every block of a stream. */
export function endKey(stream: number): Buffer {
  return firstKey(stream + 1);
}

/** The greatest key that a block beginning with an ID can have: that of a large entry goes on behind the ID. */
export function lastKeyOf(stream: number, id: IdParts): Buffer {
  return Buffer.concat([blockKey(stream, id), LAST]);
}

const LAST = Buffer.alloc(1, 0xff);
