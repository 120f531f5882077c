import type { ServerResponse } from 'node:http';

/** How long what was written last may take to leave, in milliseconds. */
const FAREWELL = 500;

/**
 * Ends the connection of an answer once the answer has left, and at last after half a second. A client would keep the
 * connection for further requests, and one that reads nothing would never take the end; a server that is shutting down would
 * wait for both.
 */
export function endConnection(response: ServerResponse): void {
  const { socket } = response;
  const cut = setTimeout(() => socket?.destroy(), FAREWELL);
  response.once('finish', () => socket?.destroySoon());
  response.once('close', () => clearTimeout(cut));
}
