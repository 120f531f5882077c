import type { IncomingMessage } from 'node:http';

/** A WebSocket handshake on its way through guards and the endpoint's own checks. */
export interface UpgradeRequest extends IncomingMessage {
  /** Path parameters, percent-decoded; `+` stays a plus sign. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** The client's address, which trusted proxies may name; throttlers count by it. */
  ip?: string | undefined;
}

const HANDSHAKE_REQUEST = Symbol.for('millrace:handshake-request');

/** Writes the handshake onto a gateway's client, so that a guard can look at it for each message. */
export function setHandshakeRequest(client: object, request: UpgradeRequest): void {
  Object.defineProperty(client, HANDSHAKE_REQUEST, { value: request, configurable: true, enumerable: false });
}

/** The handshake of a gateway's client. */
export function handshakeRequestOf(client: unknown): UpgradeRequest | undefined {
  if (typeof client !== 'object' || client === null) return undefined;
  return (client as { [HANDSHAKE_REQUEST]?: UpgradeRequest })[HANDSHAKE_REQUEST];
}
