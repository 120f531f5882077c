import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What clients sent and the server has not got yet. */
export interface HeldBytes {
  readonly bytes: number;
  /** Ends the clients' side of the connections. */
  cut(): void;
  /** Brings the server what was sent, and then the end of the connections. */
  deliver(): void;
}

/** How much of what the server said is kept. */
const MEMORY = 4096;

/** A TCP proxy that a test cuts, freezes, and turns to another server: what a bad network and a restarted server look like. */
export class CuttingProxy {
  /** Port of the server behind it; one that is yet to come lets everybody wait, undefined refuses everybody. */
  target: number | Promise<number> | undefined;
  /** TCP connections ever accepted, the refused ones included. */
  accepted = 0;
  /** Bytes that came from the server. */
  bytes = 0;
  /** The last of what came from the server. What it says over a WebSocket is not masked, and can be found in here. */
  said = '';
  /** Those that are open, on both sides. */
  readonly sockets = new Set<Socket>();
  /** Each client's socket with the one to the server. */
  private readonly ways = new Map<Socket, Socket>();
  /** Sockets to the server that outlive their client's. */
  private readonly stranded = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.pass(socket));
  }

  static async start(target?: number): Promise<CuttingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new CuttingProxy(server, (server.address() as AddressInfo).port);
    proxy.target = target;
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends all connections at once, as a broken line does: what is under way is lost. */
  cut(): void {
    for (const socket of this.sockets) reset(socket);
  }

  /** Keeps connections open, and lets nothing through any more: as a network that has gone. */
  freeze(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  /** From now on keeps what the clients of the open connections send: a slow way, which can still be cut behind it. */
  hold(): HeldBytes {
    const held = [...this.ways].map(([near, far]) => {
      const way = { near, far, sent: [] as Buffer[] };
      near
        .unpipe(far)
        .on('data', (data: Buffer) => way.sent.push(data))
        .resume();
      return way;
    });
    return {
      get bytes() {
        return held.flatMap(({ sent }) => sent).reduce((sum, { length }) => sum + length, 0);
      },
      cut: () => {
        for (const { near, far } of held) {
          this.stranded.add(far);
          reset(near);
        }
      },
      deliver: () => {
        for (const { far, sent } of held) far.end(Buffer.concat(sent));
      },
    };
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(near: Socket): void {
    this.accepted += 1;
    this.keep(near);
    if (this.target === undefined) near.resetAndDestroy();
    else if (typeof this.target === 'number') this.join(near, this.target);
    else
      this.target.then(
        (port) => this.join(near, port),
        () => near.resetAndDestroy(),
      );
  }

  private join(near: Socket, port: number): void {
    if (near.destroyed) return;
    const far = connect(port, '127.0.0.1');
    this.keep(far);
    far.on('data', (data) => {
      this.bytes += data.length;
      this.said = `${this.said}${data.toString('latin1', Math.max(0, data.length - MEMORY))}`.slice(-MEMORY);
    });
    this.ways.set(near, far);
    near.on('close', () => {
      this.ways.delete(near);
      if (!this.stranded.has(far)) far.destroy();
    });
    far.on('close', () => {
      this.stranded.delete(far);
      near.destroy();
    });
    near.pipe(far).pipe(near);
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

/**
 * Ends a connection with a reset. One whose own end is being sent is closed without: Node refuses to reset it (EINVAL), and
 * then never lets go of it, so that the process spins for ever when it ends.
 */
function reset(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
