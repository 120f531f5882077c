import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { Streams } from '@millrace/client';
import { WebSocketServer } from 'ws';
import { waitFor } from '../support/waiting.js';

const frame = (opcode: number, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);

/**
 * A server whose first socket acknowledges one entry and says goodbye, but does not let go of the connection: one whose way
 * back is slow, or a proxy that lingers. The others take entries and acknowledge when told.
 */
class LingeringServer {
  readonly sockets: { readonly entries: string[]; acknowledge(): void }[] = [];
  first: Duplex | undefined;
  firstGone = false;
  private readonly accepting = new WebSocketServer({ noServer: true });
  private readonly server: Server;

  constructor() {
    this.server = createServer().on('upgrade', (request, socket, head) => {
      if (this.first) {
        this.accepting.handleUpgrade(request, socket, head, (ws) => {
          const entries: string[] = [];
          let told = 0;
          ws.on('message', (data: Buffer) => entries.push(String(data)));
          const acknowledge = (): void => {
            for (; told < entries.length; told += 1) ws.send(`2-${told}`);
          };
          this.sockets.push({ entries, acknowledge });
        });
        return;
      }
      this.first = socket;
      const accept = createHash('sha1')
        .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      socket.on('error', () => undefined);
      socket.once('close', () => (this.firstGone = true));
      socket.once('data', () => {
        socket.write(frame(1, Buffer.from('1-0')));
        socket.write(frame(8, Buffer.from([0x03, 0xe9])));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.first?.destroy();
    for (const client of this.accepting.clients) client.terminate();
    this.server.close();
  }
}

describe('A push over a socket that is closing', () => {
  let server: LingeringServer;
  let url: string;
  beforeEach(async () => {
    server = new LingeringServer();
    url = await server.listen();
  });
  afterEach(() => server.close());

  it('sends each entry over one new connection only, and takes no acknowledgement for that of another', async () => {
    const streams = new Streams({ url, maxPause: 20 });
    const push = streams.push('numbers');
    expect(await push.send('first')).toBe('1-0');
    const stored = Promise.all([push.send('second'), push.send('third')]);
    await waitFor('both over a new connection', () => server.sockets[0]?.entries.length === 2);
    // The end of the old connection comes only now.
    server.first?.destroy();
    await waitFor('the end of the old connection', () => server.firstGone);
    const last = push.send('fourth');
    await waitFor('the last one', () => server.sockets.some(({ entries }) => entries.includes('fourth')));
    for (const socket of server.sockets) socket.acknowledge();
    expect(await stored).toEqual(['2-0', '2-1']);
    expect(await last).toBe('2-2');
    expect(server.sockets.map(({ entries }) => entries)).toEqual([['second', 'third', 'fourth']]);
    await push.close();
    await streams.close();
  });
});

describe('A push whose listener fails', () => {
  it('ends with its error, after the entry was told of', async () => {
    const server = new LingeringServer();
    const streams = new Streams({ url: await server.listen(), maxPause: 20 });
    const push = streams.push('numbers', {
      onProgress: () => {
        throw new Error('the listener failed');
      },
    });
    expect(await push.send('first')).toBe('1-0');
    await expect(push.flush()).rejects.toThrow('the listener failed');
    await streams.close();
    server.close();
  });
});
