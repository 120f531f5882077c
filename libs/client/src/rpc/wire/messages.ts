import type { RpcErrorObject } from '@millrace/protocol';

/** Id of a request. `5` and `"5"` are different ids. */
export type CallId = number | string;

/** Params of a call: by position or by name. */
export type RpcParams = readonly unknown[] | object;

/** A reply with everything that came with it. */
export interface RpcAnswer<Result = unknown> {
  readonly id: CallId | null;
  readonly result: Result;
  /** Payload of a binary frame; empty when the reply was text. */
  readonly binary: Uint8Array;
}

/** An error reply as it stands on the wire. */
export interface RpcErrorReply extends RpcErrorObject {
  readonly id: CallId | null;
}

/** A message of the server that answers nothing. */
export interface RpcNotification {
  readonly method: string;
  readonly params: unknown;
}
