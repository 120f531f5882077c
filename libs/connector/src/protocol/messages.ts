import { isNestedDeeper, MAX_JSON_DEPTH, thrownText } from '@millrace/protocol';
import { ConnectorError } from '../errors/connector.error.js';

/** An operation message (connector§3.1). Fields not listed are ignored. */
export interface OperationMessage {
  readonly op: string;
  readonly resourceName?: unknown;
  readonly resourceId?: unknown;
  readonly object?: unknown;
  readonly parameters?: unknown;
  readonly messageHeaders?: unknown;
}

/** A response message (connector§3.2). */
export interface ResponseMessage {
  readonly status: number;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** Whether a value is a JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value is, for an error: its kind and nothing of its content. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/**
 * A value as JSON; undefined for one that JSON has no text for.
 *
 * @throws ConnectorError when it cannot be written, or is nested so deep that the other side would not read it
 */
export function jsonText(what: string, value: unknown): string | undefined {
  // The type of JSON.stringify hides that undefined, functions and symbols give undefined.
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    throw new ConnectorError(`The ${what} cannot be written as JSON: ${thrownText(error)}`, 'INVALID', {
      cause: error,
    });
  }
  if (text === undefined || !isNestedDeeper(text)) return text;
  throw new ConnectorError(`The ${what} ${TOO_DEEP}`, 'INVALID');
}

/** Levels of a message around what it carries. */
const ENVELOPE = 5;

const TOO_DEEP = `is nested deeper than ${MAX_JSON_DEPTH} levels`;

/** A text under a key of an object, or undefined. */
export function textAt(value: unknown, key: string): string | undefined {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

/** What a frame turned out to be. */
export type ParsedMessage =
  | { readonly kind: 'operation'; readonly message: OperationMessage }
  | { readonly kind: 'response'; readonly message: ResponseMessage }
  /** A JSON object with neither a usable `op` nor a `status`: harmless. */
  | { readonly kind: 'neither' }
  /** Not a message at all; `reason` holds nothing of the frame's content. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export type ReadableMessage = Exclude<ParsedMessage, { readonly kind: 'unreadable' }>;

/**
 * Reads one WebSocket message (connector§2.3 §3): a message with a text `op` is an operation, otherwise it is
 * a response. Never throws.
 */
export function parseMessage(data: Buffer): ParsedMessage {
  const text = data.toString('utf8');
  if (isNestedDeeper(text, MAX_JSON_DEPTH + ENVELOPE))
    return { kind: 'unreadable', reason: `The message is not read: it ${TOO_DEEP}` };
  let value: unknown;
  try {
    value = JSON.parse(text);
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
