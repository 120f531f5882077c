const HEADER = 4;

/** Builds a binary frame: length of the JSON text (little-endian, 4 bytes), text, payload (rpc§6). */
export function joinBinaryFrame(text: string, payload: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(text);
  const frame = new Uint8Array(HEADER + json.length + payload.length);
  new DataView(frame.buffer).setUint32(0, json.length, true);
  frame.set(json, HEADER);
  frame.set(payload, HEADER + json.length);
  return frame;
}

/** Takes a binary frame apart; undefined when it is shorter than its header says or its text is not UTF-8. */
export function splitBinaryFrame(frame: Uint8Array): { text: string; payload: Uint8Array } | undefined {
  if (frame.length < HEADER) return undefined;
  const size = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0, true);
  if (size > frame.length - HEADER) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(frame.subarray(HEADER, HEADER + size));
    return { text, payload: own(frame.subarray(HEADER + size)) };
  } catch {
    return undefined;
  }
}

/** Copies a payload that would otherwise keep a much larger receive buffer alive. */
function own(payload: Uint8Array): Uint8Array {
  return payload.buffer.byteLength > 2 * payload.byteLength
    ? new Uint8Array(payload)
    : new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}

/** The bytes of any buffer-like value, without a copy. */
export function bytesOf(data: Uint8Array | ArrayBuffer): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}
