import type { CallOutcome, RpcCall } from './rpc-call.interface.js';
import type { RpcError } from '../api/rpc.error.js';

/** Hears what the engine does; for logs and metrics. */
export interface RpcObserver {
  /** A call begins: its method is known and it is not refused. */
  callStarted?(call: RpcCall): void;
  /** A call ended. */
  callEnded?(call: RpcCall, outcome: CallOutcome): void;
  /** A handler rejected after its call had been answered. */
  lateRejection?(call: RpcCall, error: unknown): void;
}

/** Makes the answer of anything a handler threw. */
export type ErrorDescriber = (error: unknown, call: RpcCall) => RpcError;
