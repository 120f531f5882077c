import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** How often the health of each server is looked at, in milliseconds. */
const LOOK_EVERY = 50;

/** How long a connection waits for a server that is ready, in milliseconds: the only one that is left may be about to end. */
const QUEUE = 20_000;

/**
 * A load balancer for TCP: new connections go in turn to the servers whose `/health` has answered 200, and wait while there is
 * none. Those that are there stay, and one that a server does not take goes to the next.
 *
 * A server leaves when it says so, or refuses: one that is merely slow to answer is busy, and without it the others would be
 * busier still.
 */
export class LoadBalancer {
  /** Connections for which there was no server. */
  refused = 0;
  private readonly healthy = new Set<number>();
  private next = 0;
  private readonly sockets = new Set<Socket>();
  private readonly looks = new Map<number, Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private ended = false;

  private constructor(
    private readonly server: Server,
    /** Ports of the servers; they come and go. */
    readonly targets: Set<number>,
    private readonly patience: number,
  ) {
    server.on('connection', (socket) => this.pass(socket));
    this.timer = setInterval(() => this.look(), LOOK_EVERY);
  }

  /** @param patience how long an answer of a health check may take, in milliseconds */
  static async start(targets: Iterable<number>, patience = 2000): Promise<LoadBalancer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LoadBalancer(server, new Set(targets), patience);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether new connections go to a server. */
  isReady(port: number): boolean {
    return this.targets.has(port) && this.healthy.has(port);
  }

  async close(): Promise<void> {
    this.ended = true;
    clearInterval(this.timer);
    await Promise.all(this.looks.values());
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A server that is slow to answer does not keep the others from being looked at. */
  private look(): void {
    for (const port of this.targets) {
      if (!this.looks.has(port)) this.looks.set(port, this.lookAt(port));
    }
  }

  private async lookAt(port: number): Promise<void> {
    const health = await healthOf(port, this.patience);
    if (health === 'good') this.healthy.add(port);
    else if (health === 'bad') this.healthy.delete(port);
    this.looks.delete(port);
  }

  private pass(near: Socket, until = performance.now() + QUEUE): void {
    this.keep(near);
    const ready = [...this.targets].filter((port) => this.healthy.has(port));
    const first = (this.next += 1) % ready.length;
    this.join(near, [...ready.slice(first), ...ready.slice(0, first)], until);
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

async function healthOf(port: number, patience: number): Promise<'good' | 'bad' | 'unknown'> {
  const signal = AbortSignal.timeout(patience);
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal, headers: { connection: 'close' } });
    await answer.arrayBuffer();
    return answer.status === 200 ? 'good' : 'bad';
  } catch {
    return signal.aborted ? 'unknown' : 'bad';
  }
}
