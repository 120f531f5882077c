import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { WireStreamNumbers } from '@millrace/protocol';
import { StreamStore, type StreamSummary } from '../../api/stream-store.js';
import { STREAM_STORE_SETTINGS, type StreamStoreSettings } from '../../stream-store.options.js';
import { AddedRates } from './added-rates.js';
import { StreamClients } from './stream-clients.js';

/** Which streams are asked for. */
export interface NumbersQuery {
  /** The name contains it. */
  readonly match: string;
  /** The name lies behind it. */
  readonly after: string;
  readonly count: number;
  readonly mayRead: (stream: string) => boolean;
}

/** The numbers of many streams at once, as pages that show all streams ask for them again and again. */
@Injectable()
export class NumbersFinder implements OnModuleDestroy {
  private readonly rates: AddedRates;

  constructor(
    private readonly store: StreamStore,
    private readonly clients: StreamClients,
    @Inject(STREAM_STORE_SETTINGS) settings: StreamStoreSettings,
  ) {
    this.rates = new AddedRates(settings.limits.maxStreams);
  }

  /** In the order of the names. */
  async find({ match, after, count, mayRead }: NumbersQuery): Promise<WireStreamNumbers[]> {
    const names: string[] = [];
    for (const name of await this.store.list()) {
      if (names.length >= count) break;
      if (name > after && name.includes(match) && mayRead(name)) names.push(name);
    }
    return (await this.store.summaries(names)).map((summary) => this.numbers(summary));
  }

  onModuleDestroy(): void {
    this.rates.close();
  }

  private numbers({ stream, ...summary }: StreamSummary): WireStreamNumbers {
    const rate = this.rates.look(stream, summary.entriesAdded);
    return {
      name: stream,
      entries: summary.length,
      bytes: summary.bytes ?? null,
      added: summary.entriesAdded,
      first_id: summary.firstEntry ?? null,
      last_id: summary.lastEntry ?? null,
      ended: summary.ended,
      groups: summary.groups,
      ...this.clients.of(stream),
      rate: rate === undefined ? null : Math.round(rate * 1000) / 1000,
    };
  }
}
