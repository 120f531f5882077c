import type { IncomingMessage } from 'node:http';

/** A WebSocket handshake on its way through guards and the endpoint's own checks. */
export interface UpgradeRequest extends IncomingMessage {
  /** Path parameters, percent-decoded; `+` stays a plus sign. */
  params: Record<string, string>;
  query: URLSearchParams;
}

const BASE = 'ws://localhost';

/** Path and query of a request target. @throws TypeError when it is not one */
export function parseTarget(target: string): { pathname: string; query: URLSearchParams } {
  // A target that starts with two slashes would be read as a host name.
  const url = new URL(target.startsWith('/') ? `${BASE}${target}` : target, BASE);
  return { pathname: url.pathname, query: url.searchParams };
}
