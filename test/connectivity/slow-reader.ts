import { connect, type Server, type Socket } from 'node:net';
import type { INestApplication } from '@nestjs/common';
import { waitFor } from '../support/waiting.js';
import { requestBytes } from './raw-http.js';

/** A client that reads nothing until it is told to, with the server's end of its connection. */
export interface SlowReader {
  /** The server's end. */
  readonly served: Socket;
  readonly socket: Socket;
  /** Everything read so far. */
  text(): string;
  /**
   * Reads nothing any more, and takes nothing either: what the kernels would hold of it, which may be tens of megabytes,
   * stays with the server.
   */
  hold(): void;
  /** Takes everything, and reads it. */
  release(): void;
}

/** Sends a request and neither takes nor reads anything of the answer, until it is released. */
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
  const served = await accepted;
  const hold = (): void => {
    socket.pause();
    served.cork();
  };
  const release = (): void => {
    served.uncork();
    socket.resume();
  };
  hold();
  socket.write(requestBytes({ method: 'GET', path, host: 'registry', headers }));
  return { served, socket, text: () => text, hold, release };
}

/** Waits until nothing more leaves for a reader who reads nothing; answers the most bytes that ever waited for it. */
export async function stall({ served }: SlowReader): Promise<number> {
  let most = 0;
  let written = -1;
  let still = 0;
  await waitFor('a standstill', () => {
    most = Math.max(most, served.writableLength);
    still = served.writableNeedDrain && served.bytesWritten === written ? still + 1 : 0;
    written = served.bytesWritten;
    return still > 5;
  });
  return most;
}
