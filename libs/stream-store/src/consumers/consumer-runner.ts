import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { withDeadline } from '@millrace/protocol';
import { StreamStore } from '../api/stream-store.js';
import { ConsumerExplorer } from './consumer-explorer.js';
import { ConsumerLoop } from './consumer-loop.js';

/** How long a shutdown waits for the entries that are being dealt with. */
const DRAIN_MS = 10_000;

/** Starts the consumers of the host application when it is up, and ends them before the store closes. */
@Injectable()
export class ConsumerRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('StreamConsumer');
  private readonly ending = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly explorer: ConsumerExplorer,
    private readonly store: StreamStore,
  ) {}

  onApplicationBootstrap(): void {
    const loops = this.explorer.find().flatMap((consumer) => {
      const { streams, group } = consumer.metadata;
      this.logger.log(`Mapped {${streams.join(', ')}, group ${group}} to ${consumer.name}`);
      return streams.map((stream) => new ConsumerLoop(this.store, consumer, stream, this.ending.signal, this.logger));
    });
    this.running = Promise.all(loops.map((loop) => loop.run()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    const late = () => new Error('Consumers were still busy at the deadline; their entries come again');
    await withDeadline(this.running, DRAIN_MS, late).catch((error: Error) => this.logger.warn(error.message));
  }
}
