import { isObject, type OperationMessage, type ResponseMessage } from './messages.js';

/** What a frame turned out to be. */
export type ParsedMessage =
  | { readonly kind: 'operation'; readonly message: OperationMessage }
  | { readonly kind: 'response'; readonly message: ResponseMessage }
  /** A JSON object with neither a usable `op` nor a `status`: harmless. */
  | { readonly kind: 'neither' }
  /** Not a message at all; `reason` holds nothing of the frame's content. */
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads one WebSocket message (connector§2.3 §3): a message with a text `op` is an operation, otherwise it is
 * a response. Never throws.
 */
export function parseMessage(data: Buffer): ParsedMessage {
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    // The parser's own message quotes the input, which may hold a secret.
    return { kind: 'unreadable', reason: 'The message is not JSON' };
  }
  if (!isObject(value)) return { kind: 'unreadable', reason: 'The message is not a JSON object' };
  if (typeof value['op'] === 'string') return { kind: 'operation', message: value as unknown as OperationMessage };
  const status = value['status'];
  if (status === undefined || status === null) return { kind: 'neither' };
  if (typeof status !== 'number' || !Number.isFinite(status)) {
    return { kind: 'unreadable', reason: 'The status of the message is not a number' };
  }
  return { kind: 'response', message: value as unknown as ResponseMessage };
}
