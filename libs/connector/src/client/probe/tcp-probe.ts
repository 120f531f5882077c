import { createServer, type Server } from 'node:net';
import { ConnectorError } from '../../errors/connector.error.js';
import { Sequence } from '@millrace/protocol';

/** Port of the TCP probe when none is given. */
export const TCP_PROBE_PORT_DEFAULT = 8000;

export interface TcpProbeOptions {
  /** @default 8000 */
  readonly port?: number;
  /** Address to listen on. @default all interfaces */
  readonly host?: string;
}

/**
 * A port which accepts connections while the application is healthy, for probes of Kubernetes (connector§9). Each
 * accepted connection is closed at once, without a byte.
 *
 * @publicApi
 */
export class TcpProbe {
  private healthy: boolean | undefined;
  private server: Server | undefined;
  private readonly calls = new Sequence();

  constructor(private readonly options: TcpProbeOptions = {}) {}

  /** Undefined until something was declared. Changes only after the port has been opened or closed. */
  get isHealthy(): boolean | undefined {
    return this.healthy;
  }

  /** The port that is open; for tests and for port 0. */
  get port(): number | undefined {
    const address = this.server?.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  /** Opens the port, unless it is open. @throws ConnectorError when it cannot be opened; the state stays as it was */
  declareHealthy(): Promise<void> {
    return this.calls.run(async () => {
      if (!this.server) this.server = await this.open();
      this.healthy = true;
    });
  }

  /** Closes the port. Harmless when it never was open. */
  declareUnhealthy(): Promise<void> {
    return this.calls.run(async () => {
      await this.shut();
      this.healthy = false;
    });
  }

  /** Closes the port and forgets the state; it may be declared healthy again. */
  close(): Promise<void> {
    return this.calls.run(async () => {
      await this.shut();
      this.healthy = undefined;
    });
  }

  private open(): Promise<Server> {
    const { port = TCP_PROBE_PORT_DEFAULT, host } = this.options;
    return new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.destroy();
      });
      // Stays attached: an open server reports here that it cannot accept at the moment, which must not end the process.
      server.on('error', (error) => {
        reject(
          new ConnectorError(
            `The TCP probe cannot open port ${port} (${String((error as NodeJS.ErrnoException).code)}); choose another with probe.port`,
            'UNAVAILABLE',
            { cause: error },
          ),
        );
      });
      server.listen({ port, host }, () => resolve(server));
    });
  }

  private async shut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}
