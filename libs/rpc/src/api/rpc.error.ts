import { IntrinsicException } from '@nestjs/common';
import { ERROR_TABLE, RPC_ERROR } from '@millrace/protocol';

export interface RpcErrorOptions extends ErrorOptions {
  /** Error code, an integer; -32768 to -32000 are reserved by JSON-RPC. @default 0 */
  code?: number;
  /** Details for the caller, any JSON value. Left out of the reply when undefined. */
  data?: unknown;
}

/**
 * An error a method answers with: code, message and data reach the caller as they are (rpc#S27). Any other exception
 * becomes -32603 with a fixed text. It is an answer, not a fault: Nest does not write it to the log.
 *
 * @example
 * ```ts
 * throw new RpcError('The camera is off', { code: 1234, data: { camera: 'left' } });
 * ```
 * @publicApi
 */
export class RpcError extends IntrinsicException {
  readonly code: number;
  readonly data: unknown;

  constructor(message: string, { code = RPC_ERROR.APPLICATION, data, cause }: RpcErrorOptions = {}) {
    super(message, { cause });
    this.name = new.target.name;
    this.code = Number.isInteger(code) ? code : RPC_ERROR.APPLICATION;
    this.data = data;
  }
}

/** The call was cancelled by its caller: the reason of its `signal`, and its reply (code 20). */
export class RpcCancelledError extends RpcError {
  constructor() {
    super('The request was cancelled', { code: RPC_ERROR.CANCELLED });
  }
}

/** The caller is gone: the reason of the `signal` of its calls. Nothing is answered. */
export class RpcDisconnectedError extends RpcError {
  constructor() {
    super('The client is disconnected', { code: RPC_ERROR.CANCELLED });
  }
}

/**
 * The server is shutting down: the reason of the `signal` of calls that run at its deadline, and the answer to those and to
 * calls that are handed back. `data.begun` tells the two apart (rpc#S47): a call that was not begun may be sent again elsewhere.
 */
export class RpcShutdownError extends RpcError {
  constructor(begun: boolean) {
    super(ERROR_TABLE.GOING_AWAY.meaning, { code: RPC_ERROR.GOING_AWAY, data: { begun } });
  }
}

/** A method ran longer than its `timeout`. */
export class RpcTimeoutError extends RpcError {
  constructor(milliseconds: number) {
    super(`The method took longer than ${milliseconds} ms`, { code: RPC_ERROR.TIMED_OUT });
  }
}

/** Params that do not fit: -32602 with one string for each violation (rpc§8.2). */
export class RpcInvalidParamsError extends RpcError {
  constructor(violations: readonly string[]) {
    super('Invalid params', { code: RPC_ERROR.INVALID_PARAMS, data: violations });
  }
}
