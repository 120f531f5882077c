import type { Principal } from '@millrace/core/security';

/** Where one message's answer goes. It is called at most once for a request, never for a notification. */
export interface ReplySink {
  reply(text: string, payload?: Uint8Array): void;
}

/** The other side of a session, as its transport sees it. */
export interface RpcPeer {
  /** For example `websocket` or `http`. */
  readonly transport: string;
  readonly principal: Principal | undefined;
  /** Sends a message nobody waits for: progress, or a notification. Undefined where the transport cannot. */
  push?(text: string): void;
  /** Ends the connection, where the transport has one of its own, because the server goes. */
  close?(): void;
  /** Whether output piles up; progress is dropped then. */
  readonly congested: boolean;
}
