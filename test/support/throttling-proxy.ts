import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const STEP = 20;

/** A TCP proxy that lets bytes through at a rate, each way: what a slow line looks like. */
export class ThrottlingProxy {
  /** Bytes that have come through from the server. */
  received = 0;
  /** Bytes that have gone through to the server. */
  sent = 0;
  /** TCP connections ever accepted. */
  accepted = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    /** Bytes a second from the server, and to it. May be changed at any time; 0 lets nothing through. */
    readonly rates: { down: number; up: number },
  ) {}

  static async start(target: number, { down = Infinity, up = Infinity } = {}): Promise<ThrottlingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new ThrottlingProxy(server, (server.address() as AddressInfo).port, { down, up });
    server.on('connection', (near) => {
      proxy.accepted += 1;
      const far = connect(target, '127.0.0.1');
      proxy.pass(far, near, 'down');
      proxy.pass(near, far, 'up');
    });
    return proxy;
  }

  /** How many sockets are open, those to the server included. */
  get open(): number {
    return this.sockets.size;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(from: Socket, to: Socket, way: 'down' | 'up'): void {
    this.sockets.add(from);
    let last = Date.now();
    let due = 0;
    // With a listener of "readable" the socket reads no further ahead than its buffer.
    from.on('readable', () => undefined);
    const timer = setInterval(() => {
      const now = Date.now();
      if (now > last) due = Math.min(due + ((now - last) / 1000) * this.rates[way], Number.MAX_SAFE_INTEGER);
      last = now;
      while (due >= 1 && from.readableLength > 0) {
        const part = from.read(Math.min(from.readableLength, Math.floor(due))) as Buffer | null;
        if (!part) break;
        due -= part.length;
        if (way === 'down') this.received += part.length;
        else this.sent += part.length;
        to.write(part);
      }
      if (from.readableLength === 0) {
        due = Math.min(due, (this.rates[way] * STEP) / 1000);
        // An end that came while something was still to be read is told only to one who then asks for more.
        from.read(0);
      }
    }, STEP);
    from.on('error', () => undefined);
    from.on('close', () => {
      clearInterval(timer);
      this.sockets.delete(from);
      to.destroySoon();
    });
  }
}
