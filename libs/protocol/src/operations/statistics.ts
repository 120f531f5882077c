import type { PartNotice } from './notice.js';

/** What one row of values is about. */
export interface StatisticsSeries {
  /** Tells it from every other series of this instance; it is never given twice. */
  readonly id: number;
  /** Name of its family, as Prometheus writes it, for example `millrace_stream_entries_in_total`. */
  readonly name: string;
  /** A counter only grows, from 0 at the start of the instance: what is of interest is by how much. */
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** What tells it from the others of its family. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A series with what was sampled of it. */
export interface RecordedSeries extends StatisticsSeries {
  /** One for each of {@link Statistics.times}; null where there was nothing, or it could not be read. */
  readonly values: readonly (number | null)[];
}

/** Series that are not recorded, since there are too many. */
export interface LeftOutSeries {
  /** Name of the family. */
  readonly name: string;
  /** How many series of it. */
  readonly series: number;
}

/** What an instance has sampled of itself: the answer of `GET /statistics` (statistics§1). */
export interface Statistics {
  /** Tells this instance from others, and from itself before a restart. */
  readonly instance: string;
  /** When the instance began to sample, in milliseconds since 1970. */
  readonly started: number;
  /** From one sample to the next, in milliseconds. */
  readonly interval: number;
  /** When this was written by the clock of the instance, in milliseconds since 1970. */
  readonly now: number;
  /** When each sample was taken, oldest first, in milliseconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly RecordedSeries[];
  readonly leftOut: readonly LeftOutSeries[];
  /** What is wrong or unsafe now, the worst first. */
  readonly notices: readonly PartNotice[];
}

/** Everything that is kept: comes first, and again after each cut of the connection. */
export interface StatisticsSnapshot extends Statistics {
  readonly type: 'snapshot';
}

/** One further sample. */
export interface StatisticsSample {
  readonly type: 'sample';
  /** When it was taken, in milliseconds since 1970. */
  readonly time: number;
  /** Values by the `id` of their series; those of series that are not named are null. */
  readonly values: Readonly<Record<string, number>>;
  /** Series that begin with this sample; absent when there are none. */
  readonly added?: readonly StatisticsSeries[];
  /** All that are left out now; absent when they are those told last. */
  readonly leftOut?: readonly LeftOutSeries[];
  /** All notices there are now, the worst first; absent when they are those told last. */
  readonly notices?: readonly PartNotice[];
}

/** What a watch of the statistics tells (statistics§2). */
export type StatisticsEvent = StatisticsSnapshot | StatisticsSample;
