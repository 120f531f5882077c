import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Shutdown } from '@millrace/core/shutdown';
import { StreamStore } from '../api/stream-store.js';
import { ActiveGroups } from '../engine/groups/active-groups.js';
import { ConsumerExplorer } from './consumer-explorer.js';
import { ConsumerLoop } from './consumer-loop.js';

/** Starts the consumers of the host application when it is up, and ends them before the store closes. */
@Injectable()
export class ConsumerRunner implements OnApplicationBootstrap {
  private readonly logger = new Logger('StreamConsumer');
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly explorer: ConsumerExplorer,
    private readonly store: StreamStore,
    private readonly active: ActiveGroups,
    private readonly shutdown: Shutdown,
  ) {
    // The entries of those that are cut come again.
    shutdown.add({ name: 'consumers of streams', end: () => this.running });
  }

  onApplicationBootstrap(): void {
    // Another one at each start: what an earlier process held is not this one's.
    const process_ = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const loops = this.explorer.find().flatMap((consumer) => {
      const { streams, group } = consumer.metadata;
      this.logger.log(`Mapped {${streams.join(', ')}, group ${group}} to ${consumer.name}`);
      return streams.map((stream) => {
        const member = { stream, group, consumer: `${consumer.name}-${process_}` };
        return new ConsumerLoop(this.store, consumer, member, this.shutdown.signal, this.logger);
      });
    });
    const ends = loops.map(({ member }) => this.active.joined(member.stream, member.group));
    this.running = Promise.all(loops.map((loop) => loop.run())).finally(() => ends.forEach((end) => end()));
  }
}
