import type { Principal } from '@millrace/core/security';
import type { RpcId } from './rpc-id.js';

/**
 * What a method knows of its call; injected by `@Task()`.
 *
 * @publicApi
 */
export interface RpcTask {
  /** Id of the request; null for a notification. */
  readonly id: RpcId | null;
  /** Name the method was called by. */
  readonly name: string;
  /**
   * Aborted when the caller cancels (only methods with `async: true`), is gone, or the server ends before the method; the reason is
   * an `RpcCancelledError`, `RpcDisconnectedError`, `RpcShutdownError` or `RpcTimeoutError`.
   */
  readonly signal: AbortSignal;
  /** Whom the call belongs to; undefined in an open place. */
  readonly principal: Principal | undefined;
  /** The binary payload of the request; undefined when there is none. Shares memory with the received frame. */
  readonly payload: Buffer | undefined;
  /** `websocket` or `http`. */
  readonly transport: string;
  /**
   * Tells the caller how far the work is. Methods with `async: true` only; nothing is sent for notifications, over
   * HTTP, or while the caller's output piles up.
   *
   * @param amount 0 to 1; it never falls on the wire
   * @throws RpcError the reason of `signal`, once that is aborted: a loop that reports progress ends by itself
   */
  progress(operation: string, amount: number): void;
}
