import type { RecordedSeries, StatisticsEvent, StatisticsSample, StatisticsSnapshot } from '@millrace/protocol';

/** A value, or none. */
export type Value = number | null;

/** For how long samples are kept, in milliseconds. */
const KEPT = 900_000;

/** What an instance of the server has sampled of itself, up to now. */
export interface Recording extends Omit<StatisticsSnapshot, 'type' | 'now'> {
  /** The instance that was asked before, where another one answers now. */
  readonly before?: string | undefined;
}

/** Adds an event of the statistics to what is known. @returns undefined for a sample without a snapshot before */
export function record(known: Recording | undefined, event: StatisticsEvent): Recording | undefined {
  if (event.type === 'snapshot') {
    const before = known && known.instance !== event.instance ? known.instance : known?.before;
    return { ...event, before };
  }
  return known && withSample(known, event);
}

function withSample(known: Recording, { time, values, added = [], leftOut, notices }: StatisticsSample): Recording {
  const all = [...known.times, time];
  const from = all.findIndex((one) => one > time - KEPT);
  const holes = known.times.map(() => null);
  const series: RecordedSeries[] = [
    ...known.series,
    ...added.filter(({ id }) => !known.series.some((one) => one.id === id)).map((one) => ({ ...one, values: holes })),
  ];
  return {
    ...known,
    times: all.slice(from),
    series: series
      .map((one) => ({ ...one, values: [...one.values, values[one.id] ?? null].slice(from) }))
      .filter((one) => one.values.some((value) => value !== null)),
    leftOut: leftOut ?? known.leftOut,
    notices: notices ?? known.notices,
  };
}

/** Which series of a family are meant, by their labels. */
export type Labelled = (labels: Readonly<Record<string, string>>) => boolean;

/** The sum of the series of a family at each time; counters as rates a second. Undefined where the server has no such family. */
export function valuesOf(
  { series, times }: Recording,
  name: string,
  labelled: Labelled = () => true,
): readonly Value[] | undefined {
  const found = series.filter((one) => one.name === name && labelled(one.labels));
  if (found.length === 0) return undefined;
  const each = found.map(({ type, values }) => (type === 'counter' ? ratesOf(values, times) : values));
  return times.map((_, index) => sum(each.map((values) => values[index] ?? null)));
}

/** By how much the counters of a family have grown in what is kept. */
export function growthOf({ series }: Recording, name: string): number | undefined {
  const found = series.filter((one) => one.name === name);
  if (found.length === 0) return undefined;
  return found.reduce((total, { values }) => {
    const known = values.filter((value) => value !== null);
    return total + Math.max(0, (known.at(-1) ?? 0) - (known[0] ?? 0));
  }, 0);
}

/** The last value there is. */
export function lastOf(values: readonly Value[]): Value {
  return values.findLast((value) => value !== null) ?? null;
}

/** What a counter has grown by a second, from one sample to the next. A counter that has gone back says nothing. */
function ratesOf(values: readonly Value[], times: readonly number[]): Value[] {
  return values.map((value, index) => {
    const before = values[index - 1];
    const milliseconds = times[index]! - (times[index - 1] ?? NaN);
    if (value === null || before === null || before === undefined || value < before) return null;
    return milliseconds > 0 ? ((value - before) / milliseconds) * 1000 : null;
  });
}

function sum(values: readonly Value[]): Value {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}
