/** Bytes of the length before the JSON text. */
const HEADER = 4;

// A byte order mark is not part of JSON, so it is not taken away.
const UTF8 = { fatal: true, ignoreBOM: true } as const;

/** A binary frame of JSON-RPC, taken apart. */
export interface BinaryMessage<Bytes extends Uint8Array = Uint8Array> {
  readonly text: string;
  /** What follows the JSON text; shares memory with the frame. */
  readonly payload: Bytes;
}

/** What stands before the payload of a binary frame: length of the JSON text (4 bytes, little-endian), and text (rpc§6). */
export function binaryFrameHead(text: string): Uint8Array {
  return headWithRoom(text, 0);
}

/** Joins a binary frame: its head and the payload. */
export function joinBinaryFrame(text: string, payload: Uint8Array): Uint8Array {
  const frame = headWithRoom(text, payload.length);
  frame.set(payload, frame.length - payload.length);
  return frame;
}

function headWithRoom(text: string, payload: number): Uint8Array {
  const json = new TextEncoder().encode(text);
  const frame = new Uint8Array(HEADER + json.length + payload);
  new DataView(frame.buffer).setUint32(0, json.length, true);
  frame.set(json, HEADER);
  return frame;
}

/** Takes a binary frame apart; undefined when it is shorter than its header says, or its text is not UTF-8. */
export function splitBinaryFrame<Bytes extends Uint8Array>(frame: Bytes): BinaryMessage<Bytes> | undefined {
  if (frame.length < HEADER) return undefined;
  const size = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
  if (size > frame.length - HEADER) return undefined;
  try {
    const text = new TextDecoder('utf-8', UTF8).decode(frame.subarray(HEADER, HEADER + size));
    return { text, payload: frame.subarray(HEADER + size) as Bytes };
  } catch {
    // Not UTF-8, hence not JSON.
    return undefined;
  }
}
