import { Injectable } from '@nestjs/common';
import { type LeftOutSeries, serverSentEvent, type Statistics, type StatisticsEvent } from '@millrace/protocol';
import type { EventStream } from '../http/event-stream.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { NoticeBoard } from './notice-board.js';
import { StatisticsSampler } from './statistics-sampler.js';

/** The event of one sample, made once for all who watch. */
interface SampleEvent {
  readonly sequence: number;
  readonly text: string;
}

/** Gives what was sampled: all of it, or all of it and then each sample. */
@Injectable()
export class StatisticsFeed {
  private readonly streams = new Set<EventStream>();
  private event: SampleEvent = { sequence: 0, text: '' };
  private toldNotices = 0;
  private toldLeftOut = '[]';

  constructor(
    private readonly sampler: StatisticsSampler,
    private readonly board: NoticeBoard,
    private readonly shutdown: Shutdown,
  ) {
    shutdown.add({ name: 'watches of statistics', end: () => this.end() });
  }

  /** Everything that is kept, and the notices of now. */
  async read(): Promise<Statistics> {
    await this.refresh();
    return this.kept();
  }

  /** Resolves when the watcher is gone, or the application ends. */
  async follow(stream: EventStream): Promise<void> {
    const { sampler } = this;
    this.streams.add(stream);
    try {
      await this.refresh();
      let told = sampler.sequence;
      await write(stream, { type: 'snapshot', ...this.kept() });
      while (!stream.signal.aborted && !this.shutdown.signal.aborted) {
        if (sampler.sequence === told) await sampler.next(stream.signal);
        if (stream.signal.aborted) return;
        const isNext = sampler.sequence === told + 1;
        told = sampler.sequence;
        this.board.refreshLater();
        // A reader that was slow has missed some.
        if (isNext) await stream.write(this.sampleEvent());
        else await write(stream, { type: 'snapshot', ...this.kept() });
      }
    } finally {
      this.streams.delete(stream);
    }
  }

  private async refresh(): Promise<void> {
    await Promise.all([this.sampler.begun(), this.board.refresh()]);
  }

  private kept(): Statistics {
    return { ...this.sampler.kept, notices: this.board.notices };
  }

  private sampleEvent(): string {
    const { sequence, last, leftOut } = this.sampler;
    if (this.event.sequence === sequence) return this.event.text;
    const { time, values, added } = last;
    const event: StatisticsEvent = {
      type: 'sample',
      time,
      values,
      ...(added.length > 0 && { added }),
      ...(this.isNew(leftOut) && { leftOut }),
      ...(this.board.version !== this.toldNotices && { notices: this.board.notices }),
    };
    this.toldNotices = this.board.version;
    this.event = { sequence, text: eventText(event) };
    return this.event.text;
  }

  private isNew(leftOut: readonly LeftOutSeries[]): boolean {
    const text = JSON.stringify(leftOut);
    const isNew = text !== this.toldLeftOut;
    this.toldLeftOut = text;
    return isNew;
  }

  /** Watchers are sent away one after the other. */
  private async end(): Promise<void> {
    await Promise.all(
      [...this.streams].map(async (stream) => {
        await this.shutdown.turn();
        stream.end();
      }),
    );
  }
}

function write(stream: EventStream, event: StatisticsEvent): Promise<void> {
  return stream.write(eventText(event));
}

function eventText(event: StatisticsEvent): string {
  return serverSentEvent({ event: event.type, data: JSON.stringify(event) });
}
