import type { RpcId } from '../api/rpc-id.js';
import type { ReplySink, RpcPeer } from './rpc-peer.interface.js';

/**
 * One client's connection, or one HTTP request: turns messages into calls and answers each once. Ids are private to a
 * session (rpc#S39).
 */
export interface RpcSession {
  readonly peer: RpcPeer;
  readonly isClosed: boolean;
  /** Calls that are not answered. */
  readonly pending: number;
  /**
   * Takes a text message.
   *
   * @param sink gets the answer
   * @returns whether there will be an answer
   */
  receiveText(text: string, sink: ReplySink, payload?: Buffer): boolean;
  /** Takes a binary frame (rpc§6). @returns whether there will be an answer */
  receiveBinary(frame: Buffer, sink: ReplySink): boolean;
  /**
   * Cancels calls of this session by id (rpc§9.2).
   *
   * @throws RpcError -32602 when no running call has the id, or none of those can be cancelled
   */
  cancel(id: RpcId | null): void;
  /** Ends the session of a client that is gone: waiting calls never run, running ones are aborted. */
  close(): void;
  /** Attaches a handler that runs once, when the session has ended. */
  onClose(handler: () => void): void;
  /** Takes no further messages; the session closes once its calls have ended. */
  release(): void;
  /** Takes no more requests, aborts what can be aborted, and resolves when all is answered. */
  drain(): Promise<void>;
  /** Answers what is still under way without waiting for its handlers. */
  abandon(): void;
}
