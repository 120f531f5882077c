import { idText, type RpcId } from '../api/rpc-id.js';
import { idInText } from './id-in-text.js';

/** A request as far as the engine is concerned. */
export interface RpcRequest {
  /** Undefined for a notification, null when the request says `"id": null`. */
  readonly id: RpcId | null | undefined;
  readonly method: string;
  readonly params: unknown;
}

/** Why a message is not a request (rpc§3). */
interface InvalidRequest {
  /** The id as JSON; `null` when it is absent or of a wrong type. */
  readonly idJson: string;
  readonly violations: readonly string[];
}

/** Whether a message is a request whose id JSON.parse kept as it was: nearly every message is. */
export function isPlainRequest(message: unknown): message is RpcRequest {
  if (typeof message !== 'object' || message === null) return false;
  const { jsonrpc, method, id, params } = message as Record<string, unknown>;
  if (jsonrpc !== '2.0' || typeof method !== 'string' || method === '') return false;
  if (typeof params !== 'object' && params !== undefined) return false;
  return id === undefined || typeof id === 'string' || id === null || Number.isSafeInteger(id);
}

/**
 * Reads any message as a request, or says what is wrong with it. Unknown members are ignored.
 *
 * @param text of the whole message
 * @param entry place in a batch, -1 outside
 */
export function readRequest(message: unknown, text: string, entry: number): RpcRequest | InvalidRequest {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return { idJson: 'null', violations: [`invalid type, expected object got ${typeName(message)}`] };
  }
  const { jsonrpc, method, id, params } = message as Record<string, unknown>;
  const violations: string[] = [];
  if (jsonrpc === undefined) violations.push("missing required property 'jsonrpc'");
  else if (typeof jsonrpc !== 'string') violations.push(mistyped('jsonrpc', 'string', jsonrpc));
  if (method === undefined) violations.push("missing required property 'method'");
  else if (typeof method !== 'string') violations.push(mistyped('method', 'string', method));
  if (params !== undefined && typeof params !== 'object')
    violations.push(mistyped('params', 'array or object', params));
  const exact = readId(id, text, entry);
  if (exact === INVALID) violations.push(invalidId(id));
  const idJson = exact === INVALID || exact === null || exact === undefined ? 'null' : idText(exact);
  // A wrong version and an empty name have no list (rpc§3), but are told apart by their text.
  if (violations.length > 0 || exact === INVALID) return { idJson, violations };
  if (jsonrpc !== '2.0' || method === '') return { idJson, violations: [] };
  return { id: exact, method: method as string, params };
}

const INVALID = Symbol('invalid id');

function readId(id: unknown, text: string, entry: number): RpcId | null | undefined | typeof INVALID {
  if (id === undefined || id === null || typeof id === 'string') return id;
  if (typeof id !== 'number') return INVALID;
  return Number.isSafeInteger(id) ? id : (idInText(text, entry, 'id') ?? INVALID);
}

function invalidId(id: unknown): string {
  return typeof id === 'number' ? 'id: the number cannot be kept exactly' : mistyped('id', 'integer or string', id);
}

function mistyped(member: string, expected: string, value: unknown): string {
  return `${member}: invalid type, expected ${expected} got ${typeName(value)}`;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
