import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut. */
export class Cuttable {
  readonly sockets = new Set<Socket>();
  /** Bytes that came from the server. */
  bytes = 0;
  /** Whether new connections are cut at once. */
  refuse = false;
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async before(port: number): Promise<Cuttable> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const way = new Cuttable(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('connection', (near) => {
      if (way.refuse) {
        near.on('error', () => undefined).destroy();
        return;
      }
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) {
        way.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => {
          way.sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      far.on('data', (data) => (way.bytes += data.length));
      near.pipe(far).pipe(near);
    });
    return way;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Keeps connections open, and lets nothing through any more: as a network that has gone. */
  freeze(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
