import { idText } from '../api/rpc-id.js';
import { readRequest } from './read-request.js';
import { invalidRequestText, PARSE_ERROR } from './reply-text.js';
import type { RpcSettings } from '../rpc.options.js';

/** A message that is answered as a whole, without looking for requests in it. */
export class RefusedMessage {
  constructor(readonly reply: string) {}
}

/**
 * Parses a text message and checks it against the limits.
 *
 * @returns the message: an array for a batch, anything else is one request at most
 */
export function readMessage(text: string, hasPayload: boolean, settings: RpcSettings): unknown {
  const { maxTextLength, maxDepth } = settings;
  if (text.length > maxTextLength) return refused(`the message is longer than ${maxTextLength} characters`);
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Whatever is wrong with the text, the answer is the same.
    return new RefusedMessage(PARSE_ERROR);
  }
  // Each level takes two characters at least, so a short text need not be looked at.
  if (text.length > 2 * maxDepth && nestedDeeperThan(message, maxDepth)) {
    return refused(`the message is nested deeper than ${maxDepth} levels`, readableId(message, text));
  }
  return Array.isArray(message) ? readBatch(message, hasPayload, settings) : message;
}

function readBatch(entries: unknown[], hasPayload: boolean, { maxBatch }: RpcSettings): unknown {
  if (hasPayload) return refused('invalid type, expected object got array');
  if (entries.length === 0) return refused('the batch is empty');
  return entries.length > maxBatch ? refused(`the batch has more than ${maxBatch} entries`) : entries;
}

function refused(violation: string, idJson = 'null'): RefusedMessage {
  return new RefusedMessage(invalidRequestText(idJson, [violation]));
}

/** The id of a message as JSON, or `null` where there is none to be read. */
function readableId(message: unknown, text: string): string {
  const request = readRequest(message, text, -1);
  if ('violations' in request) return request.idJson;
  return request.id === null || request.id === undefined ? 'null' : idText(request.id);
}

/** Whether a parsed value is nested deeper than a limit. The recursion ends at the limit. */
function nestedDeeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit <= 0) return true;
  if (Array.isArray(value)) {
    for (const entry of value) {
      if (typeof entry === 'object' && nestedDeeperThan(entry, limit - 1)) return true;
    }
    return false;
  }
  for (const key in value) {
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && nestedDeeperThan(member, limit - 1)) return true;
  }
  return false;
}
