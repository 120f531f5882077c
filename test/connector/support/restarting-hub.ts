import { ConnectorHub, ConnectorHubModule, OnNotification, type SourceNotification } from '@millrace/connector';
import { Injectable, Module } from '@nestjs/common';
import { type RunningApplication, startApplication } from '../../support/applications.js';
import { CuttingProxy } from '../../support/cutting-proxy.js';

/** What the hubs were told, over all restarts. */
export interface Arrived {
  readonly n: number;
  readonly redelivered: boolean;
}

/** A hub behind a proxy: it can be cut off, and restarted without its memory, at the same address. */
export class RestartingHub {
  readonly arrived: Arrived[] = [];
  private running: RunningApplication | undefined;

  private constructor(
    readonly proxy: CuttingProxy,
    private readonly sources: readonly string[],
  ) {}

  static async start(sources: readonly string[] = ['s']): Promise<RestartingHub> {
    const hub = new RestartingHub(await CuttingProxy.start(), sources);
    await hub.begin();
    return hub;
  }

  get url(): string {
    return this.proxy.url;
  }

  get hub(): ConnectorHub {
    if (!this.running) throw new Error('The hub is down');
    return this.running.app.get(ConnectorHub);
  }

  async restart(): Promise<void> {
    await this.end();
    await this.begin();
  }

  async end(): Promise<void> {
    this.proxy.target = undefined;
    await this.running?.close();
    this.running = undefined;
  }

  async begin(): Promise<void> {
    const { arrived, sources } = this;

    @Injectable()
    class Store {
      @OnNotification(/.*/)
      async keep({ n }: { n: number }, { redelivered }: SourceNotification): Promise<void> {
        // Takes a moment, so that some are always under way.
        await new Promise(setImmediate);
        arrived.push({ n, redelivered });
      }
    }

    const hub = ConnectorHubModule.forRoot({ sources: Object.fromEntries(sources.map((name) => [name, {}])) });
    @Module({ imports: [hub], providers: [Store] })
    class HubApplication {}
    this.running = await startApplication([HubApplication]);
    this.proxy.target = Number(new URL(this.running.url).port);
  }

  async close(): Promise<void> {
    await this.end();
    await this.proxy.close();
  }
}

/**
 * Expects the numbers from 1 to `count`, complete and in order, where every repetition is marked. A repetition begins
 * anew at a number that came before, as after a cut.
 */
export function expectComplete(arrived: readonly Arrived[], count: number): void {
  const first = arrived.filter(({ n }, index) => arrived.findIndex((other) => other.n === n) === index);
  expect(first.map(({ n }) => n)).toEqual(Array.from({ length: count }, (_unused, index) => index + 1));
  const repeated = arrived.filter((entry) => !first.includes(entry));
  expect(repeated.filter(({ redelivered }) => !redelivered)).toEqual([]);
}
