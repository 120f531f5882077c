import { WebSocket, type ClientOptions } from 'ws';
import { waitFor } from './waiting.js';

export interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** A raw WebSocket that keeps what it received, for tests. */
export class SocketClient {
  readonly frames: Frame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private taken = 0;

  constructor(readonly ws: WebSocket) {
    ws.on('message', (data: Buffer, isBinary: boolean) => this.frames.push({ data, isBinary }));
    ws.on('error', () => undefined);
    this.closed = new Promise((resolve) =>
      ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    );
  }

  /** Opens a socket. @throws Error whose message holds the HTTP status when the handshake is refused */
  static async open(url: string, options: ClientOptions = {}): Promise<SocketClient> {
    const client = new SocketClient(new WebSocket(url, options));
    await new Promise<void>((resolve, reject) => {
      client.ws.once('open', resolve);
      client.ws.once('error', reject);
    });
    return client;
  }

  send(data: string | Buffer): void {
    this.ws.send(data);
  }

  /** The next frame not yet taken. */
  async next(deadline?: number): Promise<Frame> {
    const frame = await waitFor('a frame', () => this.frames[this.taken], { deadline, pause: 2 });
    this.taken += 1;
    return frame;
  }

  async nextText(deadline?: number): Promise<string> {
    const { data, isBinary } = await this.next(deadline);
    if (isBinary) throw new Error(`A text frame was due, a binary one of ${data.length} bytes came`);
    return data.toString();
  }

  async close(): Promise<void> {
    this.ws.close();
    await this.closed;
  }
}

/** HTTP status, headers and body with which a handshake is refused. */
export function refusedHandshake(
  url: string,
  options: ClientOptions = {},
): Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, options);
    ws.once('open', () => {
      ws.close();
      reject(new Error('The handshake was accepted'));
    });
    ws.once('error', reject);
    ws.once('unexpected-response', (_request, response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
  });
}
