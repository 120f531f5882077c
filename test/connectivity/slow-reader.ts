import { connect, type Server, type Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { requestBytes } from './raw-http.js';

/** A client that reads nothing until it is told to, with the server's end of its connection. */
export interface SlowReader {
  /** The server's end. */
  readonly served: Socket;
  readonly socket: Socket;
  /** Everything read so far. */
  text(): string;
}

/** Sends a request and reads nothing of the answer. */
export async function openSlowly(
  app: INestApplication,
  path: string,
  headers: Record<string, string> = {},
): Promise<SlowReader> {
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as { port: number };
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  // Its own end stays open when the server closes its one, as that of a client which keeps connections.
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.pause();
  const served = await accepted;
  socket.write(requestBytes({ method: 'GET', path, host: 'registry', headers }));
  return { served, socket, text: () => text };
}
