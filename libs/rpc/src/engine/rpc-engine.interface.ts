import type { Principal } from '@millrace/core/security';
import type { RpcId } from '../api/rpc-id.js';
import type { RpcTask } from '../api/rpc-task.interface.js';
import type { RpcError } from '../api/rpc.error.js';

/** Where one message's answer goes. It is called at most once for a request, never for a notification. */
export interface ReplySink {
  reply(text: string, payload?: Uint8Array): void;
}

/** The other side of a session, as its transport sees it. */
export interface RpcPeer {
  /** For example `websocket` or `http`. */
  readonly transport: string;
  readonly principal: Principal | undefined;
  /** The client's address, where there is one. */
  readonly address?: string | undefined;
  /** Sends a message nobody waits for: progress, or a notification. Undefined where the transport cannot. */
  push?(text: string): void;
  /** Ends the connection, where the transport has one of its own, because the server goes. */
  close?(): void;
  /** Whether output piles up; progress is dropped then. */
  readonly congested: boolean;
  /** Resolves when output does not pile up any more, or the other side is gone. */
  room?(): Promise<void>;
}

/**
 * One client's connection, or one HTTP request: turns messages into calls and answers each once. Ids are private to a
 * session (rpc#S39).
 */
export interface RpcSession {
  readonly peer: RpcPeer;
  readonly isClosed: boolean;
  /** Calls that are not answered. */
  readonly pending: number;
  /** Calls that have begun and have not settled, also those that were answered meanwhile. */
  readonly running: number;
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
  /**
   * Takes no more requests, hands back those that wait, and resolves when all is answered.
   *
   * @param deadline aborts when what is still under way is to be aborted and answered without waiting for its handlers
   */
  drain(deadline: AbortSignal): Promise<void>;
}

/** One request under way, as methods of this package and observers of the engine see it. */
export interface RpcCall extends RpcTask {
  readonly session: RpcSession;
  /** Whether the answer is decided without the handler: the call was cancelled, is out of time, or its client is gone. */
  readonly isAborted: boolean;
  /** The client's address, where guards look for that of a request: throttlers count by it. */
  readonly ip: string | undefined;
  /** Empty, where guards look for headers of a request: a call has none of its own. */
  readonly headers: Readonly<Record<string, never>>;
}

/** How a call ended. */
export type CallOutcome = 'done' | 'failed' | 'cancelled';

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
