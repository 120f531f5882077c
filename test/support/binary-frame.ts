/** A binary frame (rpc§6), written for the tests alone. */
export function binaryFrame(message: unknown, payload: Uint8Array): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(text.length);
  return Buffer.concat([size, text, payload]);
}

export function readBinaryFrame(frame: Buffer): { message: Record<string, unknown>; payload: Buffer } {
  const end = 4 + frame.readUInt32LE(0);
  return { message: JSON.parse(frame.subarray(4, end).toString()), payload: frame.subarray(end) };
}
