import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** A server that was started for a test. */
export interface Peer {
  readonly port: number;
  /** `127.0.0.1:<port>` */
  readonly uri: string;
  /** Sockets that were accepted so far. */
  readonly accepted: () => number;
  /** Sockets that are open now. */
  readonly open: () => number;
  close(): Promise<void>;
}

/** One JSON-RPC message as a test server sees it. */
export interface PeerMessage {
  readonly ws: WebSocket;
  readonly request: IncomingMessage;
  readonly raw: Buffer;
  readonly isBinary: boolean;
  /** The JSON of the message; of a binary frame, its text part. */
  readonly message: any;
  readonly payload: Buffer;
  readonly reply: (result: unknown) => void;
  readonly fail: (code: number, text: string, data?: unknown) => void;
  readonly send: (message: unknown) => void;
}

export interface PeerOptions {
  tls?: { key: string; cert: string };
  /** Answers plain HTTP requests. */
  onRequest?: RequestListener;
  onConnection?: (ws: WebSocket, request: IncomingMessage) => void;
  /** @default a free one */
  port?: number;
}

/** A WebSocket server in which the test itself plays the JSON-RPC server. */
export async function startPeer(
  onMessage?: (message: PeerMessage) => void,
  { tls, onRequest, onConnection, port = 0 }: PeerOptions = {},
): Promise<Peer> {
  const server = tls ? createHttpsServer(tls, onRequest) : createHttpServer(onRequest);
  const wss = new WebSocketServer({ server });
  wss.on('connection', (ws, request) => {
    ws.on('error', () => undefined);
    onConnection?.(ws, request);
    if (!onMessage) return;
    ws.on('message', (raw: Buffer, isBinary: boolean) => {
      const size = isBinary ? raw.readUInt32LE(0) : raw.length;
      const start = isBinary ? 4 : 0;
      const message: unknown = JSON.parse(raw.subarray(start, start + size).toString());
      const { id } = (message ?? {}) as { id?: unknown };
      const send = (value: unknown): void => ws.send(JSON.stringify(value), () => undefined);
      onMessage({
        ws,
        request,
        raw,
        isBinary,
        message,
        payload: raw.subarray(start + size),
        send,
        reply: (result) => send({ jsonrpc: '2.0', id, result }),
        fail: (code, text, data) => send({ jsonrpc: '2.0', id, error: { code, message: text, data } }),
      });
    });
  });
  return listen(server, port);
}

/** A TCP server that does with each socket what the test wants. */
export function startTcpPeer(onSocket: (socket: Socket) => void): Promise<Peer> {
  return listen(createTcpServer(onSocket));
}

async function listen(server: Server, wanted = 0): Promise<Peer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    uri: `127.0.0.1:${port}`,
    accepted: () => accepted,
    open: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
