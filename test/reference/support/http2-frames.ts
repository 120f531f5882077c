import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** Names of HTTP/2 for the types and flags of frames. */
export const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,

  window: 8,
  continuation: 9,
} as const;
export const FLAG = { endStream: 1, endHeaders: 4 } as const;

/** One frame of HTTP/2, right or wrong. */
export function frame(type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** The head of a request for a path, without Huffman's code: GET or POST of `http`, for the authority "a". */
export function requestHead(method: 'GET' | 'POST', path: string): Buffer {
  const text = Buffer.from(path);
  return Buffer.concat([
    Buffer.from([method === 'GET' ? 0x82 : 0x83, 0x86, 0x04, text.length]),
    text,
    Buffer.from([0x41, 1, 0x61]),
  ]);
}

/** A connection on which a test writes what no client of HTTP/2 would. */
export class RawHttp2 {
  closed = false;

  private constructor(private readonly socket: Socket) {
    socket
      .resume()
      .on('error', () => undefined)
      .once('close', () => (this.closed = true));
    socket.write(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0)]));
  }

  static async open(url: string, ca?: string): Promise<RawHttp2> {
    const { hostname: host, port, protocol } = new URL(url);
    const target = { host, port: Number(port) };
    const socket = protocol === 'https:' ? connectTls({ ...target, ca, ALPNProtocols: ['h2'] }) : connect(target);
    await new Promise((resolve, reject) =>
      socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', resolve).once('error', reject),
    );
    return new RawHttp2(socket);
  }

  /** Writes so many frames, or fewer where the server ends the connection. */
  async flood(count: number, make: (index: number) => Buffer): Promise<void> {
    const batch = 200;
    for (let sent = 0; sent < count && !this.closed; sent += batch) {
      const frames = Array.from({ length: Math.min(batch, count - sent) }, (_, index) => make(sent + index));
      await new Promise<void>((resolve) => {
        this.socket.once('close', resolve);
        this.socket.write(Buffer.concat(frames), () => {
          this.socket.off('close', resolve);
          resolve();
        });
      });
      await new Promise(setImmediate);
    }
  }

  destroy(): void {
    this.socket.destroy();
  }
}
