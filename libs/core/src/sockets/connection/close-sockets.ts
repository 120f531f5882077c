import { ERROR_TABLE, startTimer } from '@millrace/protocol';
import type { WebSocket, WebSocketServer } from 'ws';

/** What a server that ends says to its sockets: Service Restart, after which clients come back, here or elsewhere. */
export const GOING_AWAY = { code: ERROR_TABLE.GOING_AWAY.close, reason: ERROR_TABLE.GOING_AWAY.meaning } as const;

/** Closes sockets with 1012, waits for their peers no longer than a deadline, then cuts the rest. */
export async function closeSockets(sockets: Iterable<WebSocket>, deadline: number): Promise<void> {
  const open = [...sockets].filter((ws) => ws.readyState !== ws.CLOSED);
  if (open.length === 0) return;
  const closed = Promise.all(open.map((ws) => new Promise<void>((resolve) => ws.once('close', () => resolve()))));
  for (const ws of open) sendAway(ws);
  const timer = startTimer(() => {
    for (const ws of open) ws.terminate();
  }, deadline);
  await closed;
  timer.stop();
}

/** The WebSockets of a server of `ws`, or of Socket.IO. */
export function socketsOf(server: WebSocketServer | SocketIoServer): WebSocket[] {
  if ('clients' in server) return [...server.clients];
  // A namespace knows its server.
  const { clients = {} } = server.engine ?? server.server?.engine ?? {};
  return Object.values(clients).flatMap(({ transport }) => (transport?.name === 'websocket' ? [transport.socket] : []));
}

/** The part of Socket.IO that is used here. Clients of its that poll are ended when their server closes. */
export interface SocketIoServer {
  readonly engine?: { readonly clients?: Readonly<Record<string, EngineClient>> };
  readonly server?: SocketIoServer;
}

interface EngineClient {
  readonly transport?: { readonly name: string; readonly socket: WebSocket };
}

/** Closes a socket with 1012; for a client of Socket.IO that is a loss of the connection, after which it comes back. */
export function sendAway(ws: WebSocket): void {
  ws.resume();
  ws.close(GOING_AWAY.code, GOING_AWAY.reason);
}
