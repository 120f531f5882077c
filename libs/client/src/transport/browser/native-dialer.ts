import { ConfigurationError } from '../../errors/client.error.js';
import { ServiceUnavailableError } from '../../errors/connection.errors.js';
import { BufferedEvents } from '../buffered-events.js';
import { type ClientSocket, type DialRequest, namesAuthorities, type SocketEvents } from '../socket.interface.js';

/** The part of the standard WebSocket that is used; declared here so that the package needs no DOM types. */
interface NativeWebSocket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

const OPEN = 1;

/**
 * Dials by the standard `WebSocket` of browsers. A page is not told why a handshake failed, so every failure counts as
 * "service unavailable"; credentials in the address and authorities of one's own are not possible there.
 */
export async function nativeDialer({ url, headers, tls, signal }: DialRequest): Promise<ClientSocket> {
  if (Object.keys(headers).length > 0)
    throw new ConfigurationError('uri', 'holds a user name; a browser cannot send one with a WebSocket');
  if (tls && namesAuthorities(tls))
    throw new ConfigurationError('tls', 'names authorities; in a browser only tls: {} is possible');
  signal.throwIfAborted();
  const Native = (globalThis as { WebSocket?: new (url: string) => NativeWebSocket }).WebSocket;
  if (!Native) throw new ConfigurationError('dial', 'is needed here, as this platform has no global WebSocket');
  const ws = new Native(url);
  ws.binaryType = 'arraybuffer';
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      ws.onopen = ws.onclose = null;
      ws.close();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    ws.onopen = () => {
      signal.removeEventListener('abort', onAbort);
      resolve(new NativeSocket(ws));
    };
    ws.onclose = () => {
      signal.removeEventListener('abort', onAbort);
      reject(new ServiceUnavailableError(`No WebSocket connection to ${url}; the browser does not say why`));
    };
  });
}

class NativeSocket implements ClientSocket {
  private readonly events = new BufferedEvents();
  private ended = false;

  constructor(private readonly ws: NativeWebSocket) {
    ws.onmessage = ({ data }) => this.events.message(typeof data === 'string' ? data : new Uint8Array(data));
    ws.onclose = ({ code, reason }) => this.end(code, reason);
  }

  get open(): boolean {
    return !this.ended && this.ws.readyState === OPEN;
  }

  get bufferedBytes(): number {
    return this.ws.bufferedAmount;
  }

  send(data: string | Uint8Array): void {
    this.ws.send(data);
  }

  close(code: number, reason: string): void {
    this.ws.close(code, reason);
  }

  terminate(): void {
    // The standard knows no way to drop a connection; it is forgotten instead.
    this.ws.close();
    this.end(1006, '');
  }

  listen(events: SocketEvents): void {
    this.events.listen(events);
  }

  private end(code: number, reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.events.close(code, reason);
  }
}
