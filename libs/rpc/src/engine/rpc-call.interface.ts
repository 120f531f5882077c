import type { RpcTask } from '../api/rpc-task.interface.js';
import type { RpcSession } from './rpc-session.interface.js';

/** One request under way, as methods of this package and observers of the engine see it. */
export interface RpcCall extends RpcTask {
  readonly session: RpcSession;
  /** Whether the answer is decided without the handler: the call was cancelled, is out of time, or its client is gone. */
  readonly isAborted: boolean;
}

/** How a call ended. */
export type CallOutcome = 'done' | 'failed' | 'cancelled';
