import type { ConnectorHubOptions, SourceNotification } from '@millrace/connector';
import { CuttingProxy } from '../../support/cutting-proxy.js';
import { type RunningHub, startHub } from './hub.js';

/** A hub at an address that stays: its connections can be cut, and it can go and come back having forgotten everything. */
export class ChangingHub {
  /** What the hubs have delivered, in this order. */
  readonly delivered: SourceNotification[] = [];
  private hub: RunningHub | undefined;

  private constructor(
    private readonly proxy: CuttingProxy,
    private readonly options: ConnectorHubOptions,
    private readonly handle: (notification: SourceNotification) => Promise<void> | void,
  ) {}

  /** @param handle called for each notification after it was noted */
  static async start(
    options: ConnectorHubOptions,
    handle: (notification: SourceNotification) => Promise<void> | void = () => undefined,
  ): Promise<ChangingHub> {
    const changing = new ChangingHub(await CuttingProxy.start(), options, handle);
    await changing.up();
    return changing;
  }

  get url(): string {
    return this.proxy.url;
  }

  /** Connections that were attempted. */
  get attempts(): number {
    return this.proxy.accepted;
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
    this.proxy.target = Number(new URL(hub.url).port);
  }

  /** The hub shuts down; until {@link up} nobody is let in. */
  async down(): Promise<void> {
    const { hub } = this;
    this.hub = undefined;
    this.proxy.target = undefined;
    await hub?.close();
    this.cut();
  }

  /** Breaks every connection as a lost network would. */
  cut(): void {
    this.proxy.cut();
  }

  async stop(): Promise<void> {
    await this.down();
    await this.proxy.close();
  }
}
