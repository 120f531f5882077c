import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ConnectorHubOptions, SourceNotification } from '@millrace/connector';
import { type RunningHub, startHub } from './hub.js';

/** A hub at an address that stays: its connections can be cut, and it can go and come back having forgotten everything. */
export class ChangingHub {
  /** What the hubs have delivered, in this order. */
  readonly delivered: SourceNotification[] = [];
  /** Connections that were attempted. */
  attempts = 0;
  private readonly pairs = new Set<[Socket, Socket]>();
  private hub: RunningHub | undefined;

  private constructor(
    private readonly server: Server,
    private readonly options: ConnectorHubOptions,
    private readonly handle: (notification: SourceNotification) => Promise<void> | void,
  ) {}

  /** @param handle called for each notification after it was noted */
  static async start(
    options: ConnectorHubOptions,
    handle: (notification: SourceNotification) => Promise<void> | void = () => undefined,
  ): Promise<ChangingHub> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const changing = new ChangingHub(server, options, handle);
    server.on('connection', (socket) => changing.accept(socket));
    await changing.up();
    return changing;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get running(): RunningHub {
    if (!this.hub) throw new Error('The hub is down');
    return this.hub;
  }

  /** A new hub serves. */
  async up(): Promise<void> {
    const hub = await startHub(this.options);
    hub.hub.onNotification(/^/, (notification) => {
      this.delivered.push(notification);
      return this.handle(notification);
    });
    this.hub = hub;
  }

  /** The hub shuts down; until {@link up} nobody is let in. */
  async down(): Promise<void> {
    const { hub } = this;
    this.hub = undefined;
    await hub?.close();
    this.cut();
  }

  /** Breaks every connection as a lost network would. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    await this.down();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private accept(socket: Socket): void {
    this.attempts += 1;
    socket.on('error', () => undefined);
    if (!this.hub) {
      socket.resetAndDestroy();
      return;
    }
    const onward = connect(Number(new URL(this.hub.url).port), '127.0.0.1');
    onward.on('error', () => undefined);
    const pair: [Socket, Socket] = [socket, onward];
    this.pairs.add(pair);
    socket.pipe(onward).pipe(socket);
    const end = (): void => {
      this.pairs.delete(pair);
      for (const each of pair) each.destroy();
    };
    socket.on('close', end);
    onward.on('close', end);
  }
}
