import { jsonAt } from '@millrace/protocol';
import { exactId, type RpcId } from '../api/rpc-id.js';

/**
 * Reads an id out of the text of a message, since `JSON.parse` alters numbers beyond 2^53.
 *
 * @param text valid JSON
 * @param entry place of the request in a batch, -1 outside
 * @param path names of members: `'id'` of the request itself, `'params', 'id'` of the one that it is about
 */
export function idInText(text: string, entry: number, ...path: readonly string[]): RpcId | undefined {
  const id = jsonAt(text, entry < 0 ? path : [entry, ...path]);
  return id === undefined ? undefined : exactId(id);
}
