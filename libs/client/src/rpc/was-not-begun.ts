import { RPC_ERROR } from '@millrace/protocol';
import { JsonRpcError } from '../errors/call.errors.js';
import { ConnectionClosedError } from '../errors/connection.errors.js';

/** Whether a call that failed is known not to have been begun, so that another server may be asked (rpc#S47). */
export function wasNotBegun(error: unknown): boolean {
  if (error instanceof ConnectionClosedError) return error.notBegun;
  if (!(error instanceof JsonRpcError) || error.code !== RPC_ERROR.GOING_AWAY) return false;
  const data = (error.data ?? {}) as { begun?: unknown };
  return data.begun === false;
}
