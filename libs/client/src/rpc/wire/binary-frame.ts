import { splitBinaryFrame, type BinaryMessage } from '@millrace/protocol';

/** Takes a binary frame apart, as {@link splitBinaryFrame}; the payload does not keep a much larger receive buffer in memory. */
export function readBinaryFrame(frame: Uint8Array): BinaryMessage | undefined {
  const parts = splitBinaryFrame(frame);
  return parts && { text: parts.text, payload: own(parts.payload) };
}

function own(payload: Uint8Array): Uint8Array {
  return payload.buffer.byteLength > 2 * payload.byteLength
    ? new Uint8Array(payload)
    : new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
}

/** The bytes of any buffer-like value, without a copy. */
export function asBytes(data: Uint8Array | ArrayBuffer): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}
