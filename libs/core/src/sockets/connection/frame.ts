export const TEXT_FRAME = 0x81;
export const BINARY_FRAME = 0x82;

/**
 * Header of one unfragmented, unmasked, uncompressed frame (RFC 6455 section 5.2), to be written before its payload.
 * A server that builds it once can send the same bytes to many sockets.
 */
export function frameHeader(kind: typeof TEXT_FRAME | typeof BINARY_FRAME, length: number): Buffer {
  if (length < 126) return Buffer.from([kind, length]);
  if (length < 65_536) return Buffer.from([kind, 126, length >>> 8, length & 0xff]);
  const header = Buffer.alloc(10);
  header[0] = kind;
  header[1] = 127;
  header.writeUIntBE(length, 4, 6);
  return header;
}

/**
 * One of several frames of a text message that is sent in parts (RFC 6455 section 5.4). Between them there may be pings and
 * the like, but no frame of another message.
 */
export function textFragment(text: string, isFirst: boolean, isLast: boolean): Buffer {
  const frame = textFrame(text);
  frame[0] = (isLast ? 0x80 : 0) | (isFirst ? 0x01 : 0);
  return frame;
}

/** A whole text frame. */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const header = frameHeader(TEXT_FRAME, length);
  const frame = Buffer.allocUnsafe(header.length + length);
  frame.set(header);
  frame.write(text, header.length);
  return frame;
}
