import { startTimer } from '@millrace/protocol';
import type { WebSocket } from 'ws';

/** Closes sockets with 1001, waits for their peers no longer than a deadline, then cuts the rest. */
export async function closeSockets(sockets: Iterable<WebSocket>, deadline: number): Promise<void> {
  const open = [...sockets].filter((ws) => ws.readyState !== ws.CLOSED);
  if (open.length === 0) return;
  const closed = Promise.all(open.map((ws) => new Promise<void>((resolve) => ws.once('close', () => resolve()))));
  for (const ws of open) {
    ws.resume();
    ws.close(1001, 'The server is shutting down');
  }
  const timer = startTimer(() => {
    for (const ws of open) ws.terminate();
  }, deadline);
  await closed;
  timer.stop();
}
