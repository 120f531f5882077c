import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { ProtocolError } from '../../errors/protocol.error.js';
import type { ClientSocket, DialRequest } from '../socket.interface.js';
import { classifyFailure } from './classify-failure.js';
import { trustedAuthorities } from './trusted-authorities.js';
import { WsSocket } from './ws-socket.js';

/** Dials from Node by the `ws` package. */
export async function wsDialer(request: DialRequest): Promise<ClientSocket> {
  const { url, headers, signal } = request;
  const ca = request.tls && (await trustedAuthorities(request.tls));
  signal.throwIfAborted();
  const ws = new WebSocket(url, {
    headers: { ...headers },
    followRedirects: true,
    maxRedirects: 10,
    perMessageDeflate: false,
    maxPayload: request.maxMessageBytes,
    ...(ca && { ca }),
  });
  const socket = new WsSocket(ws);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => fail(signal.reason as Error);
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', onAbort);
      // WsSocket has an error listener, so ending a half-open socket raises nothing.
      ws.terminate();
      reject(error);
    };
    ws.once('open', () => {
      signal.removeEventListener('abort', onAbort);
      resolve(socket);
    });
    ws.once('error', (error) => fail(classifyFailure(error)));
    ws.once('unexpected-response', (_request, response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      response.destroy();
      fail(new ProtocolError(`The server answered the handshake with HTTP ${status}`, { status }));
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
