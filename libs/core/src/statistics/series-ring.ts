import type { LeftOutSeries, RecordedSeries, StatisticsSeries } from '@millrace/protocol';
import type { Reading, SeriesFamily } from './family-source.js';

/** A family may have this part of all series, so that one with many labels leaves room for the others. */
const SHARE = 1 / 8;

interface Kept {
  readonly series: StatisticsSeries;
  readonly family: SeriesRow;
  readonly key: string;
  /** One for each place of the ring; NaN where there is none. */
  readonly values: Float64Array;
  /** Samples since the last value. */
  silent: number;
}

/** The series of one family. */
interface SeriesRow {
  readonly name: string;
  readonly byKey: Map<string, Kept>;
}

/** What one sample has brought. */
export interface TakenSample {
  readonly time: number;
  readonly values: Readonly<Record<string, number>>;
  readonly added: readonly StatisticsSeries[];
}

/** The values of the last samples, in memory: so many series, so many values of each. */
export class SeriesRing {
  private readonly rows = new Map<string, SeriesRow>();
  private readonly all = new Set<Kept>();
  private readonly times: number[] = [];
  /** Place of the newest sample. */
  private at = -1;
  private lastId = 0;
  private left = new Map<string, number>();

  constructor(
    private readonly samples: number,
    private readonly maxSeries: number,
  ) {}

  /** Takes the values of one moment. */
  take(time: number, families: readonly (readonly [SeriesFamily, readonly Reading[]])[]): TakenSample {
    this.at = (this.at + 1) % this.samples;
    this.times[this.at] = time;
    for (const kept of this.all) {
      kept.values[this.at] = NaN;
      kept.silent += 1;
    }
    const values: Record<string, number> = {};
    const added: StatisticsSeries[] = [];
    this.left = new Map();
    // Those without labels are few, and come first: the room that is left belongs to the others.
    for (const isSingle of [true, false]) {
      for (const [family, readings] of families) {
        if (((family.labels ?? []).length === 0) !== isSingle) continue;
        for (const reading of readings) this.set(family, reading, values, added);
      }
    }
    for (const kept of this.all) if (kept.silent >= this.samples) this.drop(kept);
    return { time, values, added };
  }

  /** When each kept sample was taken, oldest first. */
  get keptTimes(): number[] {
    return this.places().map((place) => this.times[place] ?? 0);
  }

  get series(): RecordedSeries[] {
    const places = this.places();
    return Array.from(this.all, ({ series, values }) => ({
      ...series,
      values: places.map((place) => numberOrNull(values[place])),
    }));
  }

  /** What was left out of the last sample. */
  get leftOut(): LeftOutSeries[] {
    return [...this.left].map(([name, series]) => ({ name, series }));
  }

  private set(
    family: SeriesFamily,
    { key, labels, value }: Reading,
    values: Record<string, number>,
    added: StatisticsSeries[],
  ): void {
    if (!Number.isFinite(value)) return;
    const known = this.rows.get(family.name)?.byKey.get(key);
    const kept = known ?? this.begin(family, key, labels);
    if (!kept) return;
    if (!known) added.push(kept.series);
    const { id } = kept.series;
    // Counters of one name, of two modules of a kind, are one.
    const before = kept.silent === 0 && family.type === 'counter' ? (values[id] ?? 0) : 0;
    kept.silent = 0;
    kept.values[this.at] = values[id] = before + value;
  }

  private begin(family: SeriesFamily, key: string, labels: Reading['labels']): Kept | undefined {
    const { name, type, help } = family;
    const row = this.rows.get(name) ?? { name, byKey: new Map<string, Kept>() };
    if (this.all.size >= this.maxSeries || row.byKey.size >= Math.max(1, Math.floor(this.maxSeries * SHARE))) {
      this.left.set(name, (this.left.get(name) ?? 0) + 1);
      return undefined;
    }
    const series = { id: (this.lastId += 1), name, type, help, labels };
    // Its first value is set at once.
    const kept = { series, family: row, key, values: new Float64Array(this.samples).fill(NaN), silent: 1 };
    this.rows.set(name, row);
    row.byKey.set(key, kept);
    this.all.add(kept);
    return kept;
  }

  private drop(kept: Kept): void {
    this.all.delete(kept);
    kept.family.byKey.delete(kept.key);
    if (kept.family.byKey.size === 0) this.rows.delete(kept.family.name);
  }

  /** The places that hold samples, oldest first. */
  private places(): number[] {
    const { length } = this.times;
    const first = length < this.samples ? 0 : this.at + 1;
    return Array.from({ length }, (_, index) => (first + index) % length);
  }
}

function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
