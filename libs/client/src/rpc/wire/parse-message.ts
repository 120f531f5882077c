import { type BinaryMessage, type RpcProgress, splitBinaryFrame } from '@millrace/protocol';
import type { CallId, RpcAnswer, RpcErrorReply, RpcNotification } from './messages.js';

/** One incoming message, sorted (rpc§2.1). */
export type Incoming =
  | ({ readonly kind: 'reply' } & RpcAnswer)
  | ({ readonly kind: 'error' } & RpcErrorReply)
  | ({ readonly kind: 'progress' } & RpcProgress)
  | ({ readonly kind: 'notification' } & RpcNotification)
  | {
      readonly kind: 'invalid';
      readonly problem: string;
      /** Id the message carries all the same: the request it answers is lost. */
      readonly id?: CallId;
    };

const NOTHING = new Uint8Array(0);

/** Reads a text frame; the answer to a batch is an array. */
export function parseText(text: string): Incoming | Incoming[] {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // The engine's own text may quote the frame, which belongs to DEBUG only.
    return invalid('not JSON');
  }
  return Array.isArray(message) ? message.map((entry: unknown) => sort(entry)) : sort(message);
}

/** Reads a binary frame, which can only be a reply. */
export function parseBinary(frame: Uint8Array): Incoming {
  const parts = readBinaryFrame(frame);
  if (!parts) return invalid('binary frame shorter than its header says');
  let message: unknown;
  try {
    message = JSON.parse(parts.text);
  } catch {
    return invalid('the text of a binary frame is not JSON');
  }
  const sorted = sort(message, parts.payload);
  if (sorted.kind === 'reply' || sorted.kind === 'invalid') return sorted;
  return invalid(`a binary frame holds no reply but ${sorted.kind}`, message);
}

function sort(message: unknown, binary: Uint8Array = NOTHING): Incoming {
  if (!isRecord(message)) return invalid(Array.isArray(message) ? 'an array inside an array' : 'not an object');
  if (Object.hasOwn(message, 'error')) return sortError(message);
  if (Object.hasOwn(message, 'result')) {
    const { id, result } = message;
    return isId(id) ? { kind: 'reply', id, result, binary } : invalid('a reply without a usable id');
  }
  if (!Object.hasOwn(message, 'id')) return sortNotification(message);
  // The server's own requests have ids of their own; they answer nothing of ours.
  if (Object.hasOwn(message, 'method')) return invalid('a request');
  return invalid('neither result nor error', message);
}

function sortError(message: Record<string, unknown>): Incoming {
  const { error, id = null } = message;
  if (!isRecord(error)) return invalid('an error that is not an object', message);
  const { code, message: text, data } = error;
  if (typeof code !== 'number' || typeof text !== 'string')
    return invalid('an error without a code or message', message);
  if (id !== null && !isId(id)) return invalid('an error with an unusable id');
  return { kind: 'error', id, code, message: text, data };
}

function sortNotification({ method, params }: Record<string, unknown>): Incoming {
  if (isRecord(params)) {
    const { id, operation, amount } = params;
    if (isId(id) && typeof operation === 'string' && typeof amount === 'number')
      return { kind: 'progress', id, operation, amount };
  }
  if (typeof method === 'string') return { kind: 'notification', method, params };
  return invalid('neither reply, error nor progress');
}

function invalid(problem: string, message?: unknown): Incoming {
  const id = isRecord(message) ? message['id'] : undefined;
  return isId(id) ? { kind: 'invalid', problem, id } : { kind: 'invalid', problem };
}

function isId(value: unknown): value is CallId {
  return typeof value === 'number' || typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
