import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** How often the health of each server is looked at, in milliseconds. */
const LOOK_EVERY = 50;

/** How long an answer of a health check may take, in milliseconds. */
const PATIENCE = 2000;

/** How long a connection waits for a server that is ready, in milliseconds: a busy machine may be none for a moment. */
const QUEUE = 20_000;

/**
 * A load balancer for TCP: new connections go in turn to the servers whose `/health` answers 200, and wait while there is none.
 * Those that are there stay, and one that a server does not take goes to the next.
 */
export class LoadBalancer {
  /** Connections for which there was no server. */
  refused = 0;
  private ready: number[] = [];
  private next = 0;
  private readonly sockets = new Set<Socket>();
  private looking: Promise<unknown> = Promise.resolve();
  private ended = false;

  private constructor(
    private readonly server: Server,
    /** Ports of the servers; they come and go. */
    readonly targets: Set<number>,
  ) {
    server.on('connection', (socket) => this.pass(socket));
  }

  static async start(targets: Iterable<number>): Promise<LoadBalancer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const balancer = new LoadBalancer(server, new Set(targets));
    await balancer.look();
    balancer.looking = balancer.keepLooking();
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether new connections go to a server. */
  isReady(port: number): boolean {
    return this.ready.includes(port);
  }

  async close(): Promise<void> {
    this.ended = true;
    await this.looking;
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async keepLooking(): Promise<void> {
    while (!this.ended) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
      await this.look();
    }
  }

  private async look(): Promise<void> {
    const found = await Promise.all([...this.targets].map(async (port) => ((await isHealthy(port)) ? [port] : [])));
    this.ready = found.flat();
  }

  private pass(near: Socket, until = performance.now() + QUEUE): void {
    this.keep(near);
    const order = this.ready.map((_port, index) => this.ready[(this.next + index) % this.ready.length] as number);
    this.next += 1;
    this.join(near, order, until);
  }

  private join(near: Socket, [port, ...others]: readonly number[], until: number): void {
    if (near.destroyed) return;
    if (port === undefined) {
      if (performance.now() < until && !this.ended) {
        setTimeout(() => this.pass(near, until), LOOK_EVERY);
        return;
      }
      this.refused += 1;
      near.resetAndDestroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    let joined = false;
    this.keep(far);
    far.once('connect', () => {
      joined = true;
      near.pipe(far).pipe(near);
    });
    near.once('close', () => far.destroy());
    far.once('close', () => (joined ? near.destroy() : this.join(near, others, until)));
  }

  private keep(socket: Socket): void {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.sockets.delete(socket));
  }
}

async function isHealthy(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal, headers: { connection: 'close' } });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}
