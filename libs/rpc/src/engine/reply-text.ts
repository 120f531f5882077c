import { RPC_ERROR, type RpcErrorObject } from '@millrace/protocol';

/** Builders of outgoing messages. They concatenate: the result is stringified once, and no envelope object is made. */

/** A reply; `id` and `result` are JSON already. */
export function resultText(id: string, result: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
}

/**
 * An error reply; `id` is JSON already. Data that cannot be written as JSON is left out, and an error whose members throw
 * is an internal one.
 */
export function errorText(id: string, error: RpcErrorObject): string {
  try {
    return errorJson(id, error);
  } catch {
    return errorJson(id, { code: RPC_ERROR.INTERNAL, message: 'Internal error' });
  }
}

function errorJson(id: string, { code, message, data }: RpcErrorObject): string {
  return `{"jsonrpc":"2.0","id":${id},"error":{"code":${code},"message":${JSON.stringify(message)}${dataText(data)}}}`;
}

/** The answer to a message that is not a request: rpc§3. `id` is JSON already. */
export function invalidRequestText(id: string, violations: readonly string[]): string {
  const data = violations.length > 0 ? violations : undefined;
  return errorText(id, { code: RPC_ERROR.INVALID_REQUEST, message: 'Invalid Request', data });
}

/** A progress message (rpc§9.1); `id` and `method` are JSON already. */
export function progressText(id: string, method: string, operation: string, amount: number): string {
  return `{"jsonrpc":"2.0","method":${method},"params":{"id":${id},"operation":${JSON.stringify(operation)},"amount":${amount}}}`;
}

/** A notification of the server's; sent to clients that subscribed only. */
export function notificationText(method: string, params: unknown): string {
  return `{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${JSON.stringify(params) ?? 'null'}}`;
}

export const PARSE_ERROR = errorText('null', { code: RPC_ERROR.PARSE, message: 'Parse error' });

function dataText(data: unknown): string {
  if (data === undefined) return '';
  try {
    const text = JSON.stringify(data) as string | undefined;
    return text === undefined ? '' : `,"data":${text}`;
  } catch {
    // A cycle, a BigInt or a throwing toJSON: the error itself still reaches its caller.
    return '';
  }
}
