import { HttpException } from '@nestjs/common';
import { describeError, MillraceError } from '@millrace/core/errors';
import { ERROR_TABLE, RPC_ERROR, thrownIs, thrownText } from '@millrace/protocol';
import { RpcError, RpcInvalidParamsError } from './api/rpc.error.js';

/** Statuses by which an error of Nest has the same code as errors of Millrace. The others are about HTTP, not about a call. */
const SHARED = new Set([400, 401, 403, 404, 409, 413, 422, 429, 503, 504]);
const CODES = new Map(
  Object.values(ERROR_TABLE)
    .filter(({ status }) => SHARED.has(status))
    .map(({ status, rpc }) => [status, rpc]),
);
const OTHER_CLIENT_ERROR = -32000;

/**
 * The RPC error of anything a method, guard, pipe or filter threw. Errors that are neither ours nor Nest's, and those whose
 * members throw, become -32603 with a fixed text.
 *
 * @param expose whether the caller is told the text of such an error (rpc§3)
 */
export function describeRpcError(error: unknown, expose = false): RpcError {
  try {
    if (error instanceof RpcError && isReadable(error)) return error;
    if (error instanceof MillraceError) return ofMillrace(error);
    if (error instanceof HttpException) return ofHttp(error, expose);
  } catch {
    // The class says something to callers, the object does not.
  }
  return internal(error, expose);
}

/** Whether the code that threw an error foresaw it; others belong in the log. */
export function isForeseen(error: unknown): boolean {
  if (thrownIs(error, RpcError)) return isReadable(error);
  const { foreseen, status } = describeError(error);
  return foreseen && status < 500;
}

function isReadable(error: RpcError): boolean {
  try {
    return Number.isInteger(error.code) && typeof error.message === 'string';
  } catch {
    return false;
  }
}

function ofMillrace(error: MillraceError): RpcError {
  const { detail } = error.getResponse() as { detail: unknown };
  const data = detail === error.message ? undefined : detail;
  return new RpcError(error.message, { code: error.rpcCode, data, cause: error });
}

function ofHttp(error: HttpException, expose: boolean): RpcError {
  const status = error.getStatus();
  const body = error.getResponse();
  const message: unknown = typeof body === 'object' ? (body as { message?: unknown }).message : undefined;
  const code = CODES.get(status);
  if (code === RPC_ERROR.INVALID_PARAMS && Array.isArray(message))
    return new RpcInvalidParamsError(message.map(thrownText));
  if (status >= 500 && code === undefined) return internal(error, expose);
  return new RpcError(error.message, { code: code ?? OTHER_CLIENT_ERROR, cause: error });
}

function internal(error: unknown, expose: boolean): RpcError {
  const text = expose && thrownIs(error, Error) ? thrownText(error) : 'Internal error';
  return new RpcError(text, { code: RPC_ERROR.INTERNAL, cause: error });
}
