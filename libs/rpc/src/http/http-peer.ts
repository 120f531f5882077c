import type { Principal } from '@millrace/core/security';
import type { RpcPeer } from '../engine/rpc-peer.interface.js';

/** One HTTP request: it can be answered, and nothing else. */
export class HttpPeer implements RpcPeer {
  readonly transport = 'http';
  readonly congested = false;

  constructor(readonly principal: Principal | undefined) {}
}
