import { thrownText, withDeadline } from '@millrace/protocol';
import { Logger } from '@nestjs/common';
import type { CounterFamily, GaugeFamily, Labels, MetricFamily, Sample, Samples } from '../ops/metric-family.js';

/** A family whose values make series: histograms have none. */
export type SeriesFamily = GaugeFamily | CounterFamily;

export function hasSeries(family: MetricFamily): family is SeriesFamily {
  return family.type !== 'histogram';
}

/** A value, by what tells its series from the others of the family. */
export interface Reading {
  readonly key: string;
  readonly labels: Labels;
  readonly value: number;
}

/** Costly families are read so seldom, in milliseconds. */
const COSTLY_PAUSE = 60_000;

/** Reads one family, or counts what it tells as it happens. A failure is not that of the others. */
export class FamilySource {
  private readonly logger = new Logger('Statistics');
  private readonly labels: readonly string[];
  private readonly read: () => Samples | Promise<Samples>;
  /** What a read of costly families has given; it stands until the next one. */
  private kept: readonly Reading[] | undefined;
  private readAt = -Infinity;
  private reading = false;
  private failing = false;

  constructor(readonly family: SeriesFamily) {
    this.labels = family.labels ?? [];
    this.read = 'read' in family ? () => family.read() : counted(family.subscribe.bind(family));
  }

  /**
   * The values now; none where the family could not be read, or has not answered.
   *
   * @param patience how long to wait for the answer, in milliseconds
   */
  sample(patience: number): readonly Reading[] | Promise<readonly Reading[]> {
    if (this.family.costly) {
      const now = performance.now();
      if (this.kept && now - this.readAt < COSTLY_PAUSE) return this.kept;
      this.readAt = now;
    }
    // One that takes longer than a sample is not asked a second time.
    if (this.reading) return [];
    try {
      const given = this.read();
      return given instanceof Promise ? this.awaited(given, patience) : this.taken(given);
    } catch (error) {
      return this.failed(error);
    }
  }

  private async awaited(given: Promise<Samples>, patience: number): Promise<readonly Reading[]> {
    this.reading = true;
    const settled = (): void => void (this.reading = false);
    given.then(settled, settled);
    try {
      return this.taken(await withDeadline(given, patience, () => new Error(`no answer within ${patience} ms`)));
    } catch (error) {
      return this.failed(error);
    }
  }

  private taken(given: Samples): readonly Reading[] {
    const readings = this.readingsOf(given);
    this.failing = false;
    if (this.family.costly) this.kept = readings;
    return readings;
  }

  private readingsOf(given: Samples): readonly Reading[] {
    if (given === undefined) return [];
    if (typeof given === 'number') return [{ key: '', labels: {}, value: given }];
    return Array.from(given, ({ labels = {}, value }: Sample) => ({
      key: this.labels.map((name) => labels[name] ?? '').join('\0'),
      labels,
      value,
    }));
  }

  private failed(error: unknown): readonly Reading[] {
    this.kept = undefined;
    // Once for each time of trouble: it is read every few seconds.
    if (!this.failing) this.logger.warn(`${this.family.name} cannot be sampled: ${thrownText(error)}`);
    this.failing = true;
    return [];
  }
}

/** Adds up what a family tells as it happens. */
function counted(subscribe: (add: (value: number, labels?: Labels) => void) => void): () => Iterable<Sample> {
  const sums = new Map<string, { readonly labels: Labels; value: number }>();
  subscribe((value, labels = {}) => {
    const key = Object.values(labels).join('\0');
    const sum = sums.get(key);
    if (sum) sum.value += value;
    else sums.set(key, { labels, value });
  });
  return () => sums.values();
}
