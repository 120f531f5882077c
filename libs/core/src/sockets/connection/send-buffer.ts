import type { Duplex, Writable } from 'node:stream';

/**
 * Gathers all that is written to a socket within this turn of the event loop into one system call. Called before each
 * write; within a turn only the first call counts.
 *
 * @publicApi
 */
export function corkForTurn(socket: Duplex): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  process.nextTick(uncork, socket);
}

/**
 * Resolves when the send buffer of a socket has room again, or the socket has ended: not before the next turn of the event
 * loop, since a peer that reads as fast as it is written to would leave none to others.
 *
 * @publicApi
 */
export function drained(socket: Writable): Promise<void> {
  if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
  // However many wait, the socket gets one listener.
  let waiting = waits.get(socket);
  if (!waiting) {
    waiting = new Promise((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        waits.delete(socket);
        setImmediate(resolve);
      };
      socket.once('drain', done);
      socket.once('close', done);
    });
    waits.set(socket, waiting);
  }
  return waiting;
}

const waits = new WeakMap<Writable, Promise<void>>();

function uncork(socket: Duplex): void {
  socket.uncork();
}
