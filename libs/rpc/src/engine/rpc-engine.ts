import type { RpcSettings } from '../rpc.options.js';
import { MethodTable } from './method-table.js';
import type { ErrorDescriber, RpcObserver, RpcPeer, RpcSession } from './rpc-engine.interface.js';
import { Session, type SessionHost } from './session.js';

/** JSON-RPC 2.0 without transport and without framework: methods, settings and the sessions of clients. */
export class RpcEngine implements SessionHost {
  readonly methods = new MethodTable();
  readonly sessions = new Set<RpcSession>();
  readonly observers: RpcObserver[] = [];
  isClosing = false;

  constructor(
    readonly settings: RpcSettings,
    readonly describe: ErrorDescriber,
  ) {}

  observe(observer: RpcObserver): void {
    this.observers.push(observer);
  }

  /** Takes no requests any more; those under way go on. */
  close(): void {
    this.isClosing = true;
  }

  /** Begins a session; its transport feeds it and closes it. */
  open(peer: RpcPeer): RpcSession {
    const session = new Session(this, peer);
    this.sessions.add(session);
    return session;
  }
}
