import { RPC_ERROR } from '@millrace/protocol';
import { MethodTable } from './method-table.js';
import type {
  CallOutcome,
  RpcCall,
  RpcEngineSettings,
  ErrorDescriber,
  RpcObserver,
  RpcPeer,
  RpcSession,
} from './rpc-engine.interface.js';
import { RpcError } from '../api/rpc.error.js';
import { Session, type SessionHost } from './session.js';

/** JSON-RPC 2.0 without transport and without framework: methods, settings and the sessions of clients. */
export class RpcEngine implements SessionHost {
  readonly methods = new MethodTable();
  readonly sessions = new Set<RpcSession>();
  private readonly observers: RpcObserver[] = [];
  private closing = false;

  constructor(
    readonly settings: RpcEngineSettings,
    private readonly describeError: ErrorDescriber = internalError,
  ) {}

  observe(observer: RpcObserver): void {
    this.observers.push(observer);
  }

  /** Whether requests are refused because the server is shutting down. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** Takes no requests any more; those under way go on. */
  close(): void {
    this.closing = true;
  }

  /** Begins a session; its transport feeds it and closes it. */
  open(peer: RpcPeer): RpcSession {
    const session = new Session(this, peer);
    this.sessions.add(session);
    return session;
  }

  /** Called by a session that has ended. */
  forget(session: RpcSession): void {
    this.sessions.delete(session);
  }

  describe(error: unknown, call: RpcCall): RpcError {
    return error instanceof RpcError ? error : this.describeError(error, call);
  }

  noteStart(call: RpcCall): void {
    for (const observer of this.observers) observer.callStarted?.(call);
  }

  noteEnd(call: RpcCall, outcome: CallOutcome): void {
    for (const observer of this.observers) observer.callEnded?.(call, outcome);
  }

  noteLate(call: RpcCall, error: unknown): void {
    for (const observer of this.observers) observer.lateRejection?.(call, error);
  }
}

/** What a caller learns of an unforeseen exception (rpc§3): its text may hold secrets. */
function internalError(): RpcError {
  return new RpcError('Internal error', { code: RPC_ERROR.INTERNAL });
}
