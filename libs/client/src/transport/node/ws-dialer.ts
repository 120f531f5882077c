import type { IncomingMessage } from 'node:http';
import { createSecureContext, type SecureContext } from 'node:tls';
import { WebSocket } from 'ws';
import { ProtocolError } from '../../errors/protocol.error.js';
import type { ClientSocket, DialRequest } from '../socket.interface.js';
import type { TlsSettings } from '../tls-settings.js';
import { classifyFailure } from './classify-failure.js';
import { trustedAuthorities } from './trusted-authorities.js';
import { WsSocket } from './ws-socket.js';

/** A reason given with a refused handshake; more is not read. */
const MAX_REASON = 16 * 1024;
const REASON_TIMEOUT = 500;

/** Dials from Node by the `ws` package. */
export function wsDialer(request: DialRequest): Promise<ClientSocket> {
  return dialWs(request, async (tls) => createSecureContext({ ca: await trustedAuthorities(tls) }));
}

/** The same, with the authorities from elsewhere. */
export async function dialWs(
  request: DialRequest,
  trust: (tls: TlsSettings) => Promise<SecureContext>,
): Promise<ClientSocket> {
  const { url, headers, signal } = request;
  const secureContext = request.tls && (await trust(request.tls));
  signal.throwIfAborted();
  const ws = new WebSocket(url, {
    headers: { ...headers },
    followRedirects: true,
    maxRedirects: 10,
    perMessageDeflate: false,
    maxPayload: request.maxMessageBytes,
    ...(secureContext && { secureContext }),
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
      if (request.silence) socket.watch(request.silence);
      resolve(socket);
    });
    ws.once('error', (error) => fail(classifyFailure(error)));
    ws.once('unexpected-response', (_request, response: IncomingMessage) => {
      const status = response.statusCode ?? 0;
      const refuse = (body: string): void =>
        fail(new ProtocolError(`The server answered the handshake with HTTP ${status}`, { status, body }));
      void readReason(response).then(refuse);
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** The server's own words, as far as they come. */
async function readReason(response: IncomingMessage): Promise<string> {
  let text = '';
  // Some keep the connection open after a refusal without saying where it ends.
  const timer = setTimeout(() => response.destroy(), REASON_TIMEOUT);
  try {
    response.setEncoding('utf8');
    for await (const part of response) {
      text += String(part);
      if (text.length > MAX_REASON) break;
    }
  } catch {
    // What came has to do: the status is known.
  } finally {
    clearTimeout(timer);
  }
  return text.slice(0, MAX_REASON);
}
