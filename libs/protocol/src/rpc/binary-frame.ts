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

<<<<<<< HEAD
/** What stands before the payload of a binary frame: length of the JSON text (4 bytes, little-endian), and text. */
export function binaryFrameHead(text: string): Uint8Array {
=======
/** Joins a binary frame: length of the JSON text (4 bytes, little-endian), text, payload (rpc§6). */
export function joinBinaryFrame(text: string, payload: Uint8Array): Uint8Array {
>>>>>>> b687d4a (Read server-sent events with eventsource-parser, and give pages the client as one file)
  const json = new TextEncoder().encode(text);
  const head = new Uint8Array(HEADER + json.length);
  new DataView(head.buffer).setUint32(0, json.length, true);
  head.set(json, HEADER);
  return head;
}

/** Joins a binary frame: its head and the payload. */
export function joinBinaryFrame(text: string, payload: Uint8Array): Uint8Array {
  const head = binaryFrameHead(text);
  const frame = new Uint8Array(head.length + payload.length);
  frame.set(head);
  frame.set(payload, head.length);
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
