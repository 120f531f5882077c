import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Shutdown } from '@millrace/core/shutdown';
import { Backoff, callOut, pause, type StreamGap, thrownReport, thrownText } from '@millrace/protocol';
import { type FollowedBatch, type StreamFollower, StreamStore } from '../api/stream-store.js';
import { ConsumerExplorer, type FoundConsumer } from './consumer-explorer.js';
import { awaitNews } from '../engine/await-news.js';

/** Starts the consumers of the host application when it is up, and ends them before the store closes. */
@Injectable()
export class ConsumerRunner implements OnApplicationBootstrap {
  private readonly logger = new Logger('StreamConsumer');
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly explorer: ConsumerExplorer,
    private readonly store: StreamStore,
    private readonly shutdown: Shutdown,
  ) {
    // The entries of those that are cut come again.
    shutdown.add({ name: 'consumers of streams', end: () => this.running });
  }

  onApplicationBootstrap(): void {
    const loops = this.explorer.find().flatMap((consumer) => {
      const { streams, group } = consumer.metadata;
      this.logger.log(`Mapped {${streams.join(', ')}, group ${group}} to ${consumer.name}`);
      return streams.map((stream) => new ConsumerLoop(this.store, consumer, stream, this.shutdown.signal, this.logger));
    });
    this.running = Promise.all(loops.map((loop) => loop.run()));
  }
}

/** Entries after which the place is kept, at the latest: so many come again after a crash. */
const BATCH = 100;

/** Gives the entries of one stream to one consumer, and keeps its place. */
class ConsumerLoop {
  private readonly backoff = new Backoff();
  private kept: string | undefined;
  private done: string | undefined;

  constructor(
    private readonly store: StreamStore,
    private readonly consumer: FoundConsumer,
    private readonly stream: string,
    private readonly signal: AbortSignal,
    private readonly logger: Logger,
  ) {}

  async run(): Promise<void> {
    let follower: StreamFollower | undefined;
    while (!this.signal.aborted) {
      try {
        follower ??= await this.open();
        // A group that begins keeps its beginning, or what comes before its first entry is dealt with would be lost.
        await this.keepPlace();
        const batch = await follower.take();
        await this.handle(batch, follower);
        await this.keepPlace();
        this.backoff.reset();
        if (batch.entries.length === 0) await awaitNews(follower, { signal: this.signal });
      } catch (error) {
        this.logger.warn(`${this.place}: ${thrownText(error)}`);
        await pause(this.backoff.next(), this.signal);
      }
    }
    callOut(
      () => follower?.close(),
      (error) => this.logger.warn(`${this.place}: ${thrownText(error)}`),
    );
    // Should it fail, the last few entries come again: at least once.
    await this.keepPlace().catch(() => undefined);
  }

  private get place(): string {
    return `${this.consumer.name} on "${this.stream}"`;
  }

  private async open(): Promise<StreamFollower> {
    const { group, after = '$' } = this.consumer.metadata;
    const position = await this.store.position(group, this.stream);
    const follower = await this.store.openFollower([this.stream], { after: position ?? after, count: BATCH });
    this.kept = position;
    this.done = follower.cursors[0];
    return follower;
  }

  private async handle({ entries, gaps }: FollowedBatch, { cursors }: StreamFollower): Promise<void> {
    for (const gap of gaps) {
      if (!(await this.insist(`the gap after ${gap.after}`, () => this.tellGap(gap)))) return;
    }
    // Without entries the place is where the gap ends: told once, it is not told again at the next start.
    if (gaps.length > 0 && entries.length === 0) this.done = cursors[0];
    for (const entry of entries) {
      if (!(await this.insist(`entry ${entry.id}`, () => this.consumer.onEntry(entry)))) return;
      this.done = entry.id;
      if (this.signal.aborted) return;
    }
  }

  /**
   * Until it succeeds, the attempts are used up, or the application ends: then it comes again at the next start.
   *
   * @returns whether to go on to the next
   */
  private async insist(what: string, work: () => unknown): Promise<boolean> {
    const { attempts = Infinity } = this.consumer.metadata;
    const backoff = new Backoff();
    for (let attempt = 1; ; attempt += 1) {
      try {
        await work();
        return true;
      } catch (error) {
        this.logger.error(`${this.place}: ${what}, attempt ${attempt}: ${thrownReport(error)}`);
        if (attempt >= attempts) {
          this.logger.error(`${this.place}: ${what} is passed over`);
          return true;
        }
        await pause(backoff.next(), this.signal);
        if (this.signal.aborted) return false;
      }
    }
  }

  private async tellGap(gap: StreamGap): Promise<void> {
    if (this.consumer.onGap) await this.consumer.onGap(gap);
    else
      this.logger.warn(
        `${this.place}: entries after ${gap.after} are gone; the first kept one is ${gap.first ?? 'none'}`,
      );
  }

  private async keepPlace(): Promise<void> {
    const { done } = this;
    if (done === undefined || done === this.kept) return;
    await this.store.setPosition(this.consumer.metadata.group, this.stream, done);
    this.kept = done;
  }
}
