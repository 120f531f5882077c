import { compactJson, isNestedDeeper, jsonAt } from '@millrace/protocol';
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
  // Before parsing, which takes seconds for some texts of a few megabytes.
  if (isNestedDeeper(text, maxDepth)) return tooDeep(text, maxDepth);
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Whatever is wrong with the text, the answer is the same.
    return new RefusedMessage(PARSE_ERROR);
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

function tooDeep(text: string, maxDepth: number): RefusedMessage {
  // Reads any depth, and builds nothing.
  if (!compactJson(Buffer.from(text))) return new RefusedMessage(PARSE_ERROR);
  return refused(`the message is nested deeper than ${maxDepth} levels`, readableId(text));
}

/** The id of a message that is JSON, as JSON; `null` where there is none to be read. */
function readableId(text: string): string {
  const id = jsonAt(text, ['id']) ?? 'null';
  if (isNestedDeeper(id, 0)) return 'null';
  const request = readRequest({ jsonrpc: '2.0', method: 'any', id: JSON.parse(id) as unknown }, text, -1);
  if ('violations' in request) return request.idJson;
  return request.id === null || request.id === undefined ? 'null' : idText(request.id);
}
