import type { Duplex } from 'node:stream';

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
 * Resolves when the send buffer of a socket has room again, or the socket has ended.
 *
 * @publicApi
 */
export function drained(socket: Duplex): Promise<void> {
  if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}

function uncork(socket: Duplex): void {
  socket.uncork();
}
