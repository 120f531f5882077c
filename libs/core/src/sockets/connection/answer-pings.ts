import type { WebSocket } from 'ws';

/**
 * Answers pings one at a time: while a pong waits to be taken, only the newest ping is remembered (RFC 6455 section 5.5.3).
 * A peer that pings without end and never reads costs one pong, not memory without bound.
 *
 * @param ws a socket that was opened with `autoPong: false`
 */
export function answerPings(ws: WebSocket): void {
  let waiting = false;
  let newest: Buffer | undefined;
  const answer = (payload: Buffer): void => {
    if (ws.readyState !== ws.OPEN) return;
    // A copy: the payload is a view of what was read with it.
    if (waiting) newest = Buffer.from(payload);
    else {
      waiting = true;
      ws.pong(payload, false, taken);
    }
  };
  const taken = (): void => {
    waiting = false;
    const payload = newest;
    newest = undefined;
    if (payload) answer(payload);
  };
  ws.on('ping', answer);
}
