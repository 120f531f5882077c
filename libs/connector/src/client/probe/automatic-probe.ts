import { startTimer, thrownText, type Timer } from '@millrace/protocol';
import type { SourceConnection } from '../../api/source-connection.js';
import type { ConnectorLogger } from '../../logging/connector-logger.js';
import type { TcpProbe } from './tcp-probe.js';

/**
 * Keeps the TCP probe healthy while all sources are connected (connector§9, an option of ours). A lost connection
 * makes it unhealthy only when it is not back within the grace period.
 */
export class AutomaticProbe {
  private timer: Timer | undefined;
  private readonly removers: (() => void)[];

  constructor(
    private readonly connections: readonly SourceConnection[],
    private readonly probe: TcpProbe,
    private readonly grace: number,
    private readonly logger: ConnectorLogger,
  ) {
    this.removers = connections.map((connection) => connection.onStatus(() => this.look()));
  }

  stop(): void {
    this.timer?.stop();
    for (const remove of this.removers) remove();
  }

  private look(): void {
    if (this.connections.every(({ state }) => state === 'connected')) {
      this.timer?.stop();
      this.timer = undefined;
      this.declare(true);
    } else if (this.probe.isHealthy && !this.timer) {
      this.timer = startTimer(() => {
        this.timer = undefined;
        this.declare(false);
      }, this.grace).unref();
    }
  }

  private declare(healthy: boolean): void {
    const step = healthy ? this.probe.declareHealthy() : this.probe.declareUnhealthy();
    step.catch((error: unknown) => this.logger.warn(thrownText(error)));
  }
}
