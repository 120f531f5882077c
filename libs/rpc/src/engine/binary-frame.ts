/** Bytes of the length before the JSON text of a binary frame (rpc§6). */
const HEADER = 4;

export interface BinaryMessage {
  readonly text: string;
  /** What follows the JSON text; shares memory with the frame. */
  readonly payload: Buffer;
}

/** Splits a binary frame; undefined when it is shorter than its header says, or its text is not UTF-8 (rpc#S37). */
export function decodeBinaryFrame(frame: Buffer): BinaryMessage | undefined {
  if (frame.length < HEADER) return undefined;
  const size = frame.readUInt32LE(0);
  if (size > frame.length - HEADER) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      frame.subarray(HEADER, HEADER + size),
    );
    return { text, payload: frame.subarray(HEADER + size) };
  } catch {
    // Not UTF-8, hence not JSON.
    return undefined;
  }
}

/** The bytes before the payload of a binary frame: length and JSON text. */
export function binaryFrameHead(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const head = Buffer.allocUnsafe(HEADER + size);
  head.writeUInt32LE(size, 0);
  head.write(text, HEADER);
  return head;
}
