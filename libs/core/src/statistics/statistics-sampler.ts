import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type LeftOutSeries, startInterval, type Statistics, type Timer } from '@millrace/protocol';
import type { MetricFamily } from '../ops/metric-family.js';
import { OperationsRegistry } from '../ops/operations-registry.js';
import { Shutdown } from '../shutdown/shutdown.js';
import { FamilySource, hasSeries, type Reading, type SeriesFamily } from './family-source.js';
import { processFigures, type ProcessFigures } from './process-families.js';
import { SeriesRing, type TakenSample } from './series-ring.js';
import { STATISTICS_SETTINGS, type StatisticsSettings } from './statistics.options.js';

/** How long a sample waits for the families at the most, in milliseconds. */
const PATIENCE = 2000;

/** Everything that is kept, without the notices. */
export type KeptStatistics = Omit<Statistics, 'notices'>;

/** Samples what all modules of the application measure, and the process, from the start of the application to its end. */
@Injectable()
export class StatisticsSampler implements OnApplicationBootstrap {
  /** Number of the last sample; 0 before the first. */
  sequence = 0;
  /** The last sample. */
  last: TakenSample = { time: 0, values: {}, added: [] };
  private readonly sources: FamilySource[] = [];
  private readonly ring: SeriesRing;
  private readonly instance = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  private readonly waiting = new Set<() => void>();
  private started = 0;
  private figures: ProcessFigures | undefined;
  private timer: Timer | undefined;
  private sampling: Promise<void> | undefined;

  constructor(
    private readonly operations: OperationsRegistry,
    @Inject(STATISTICS_SETTINGS) private readonly settings: StatisticsSettings,
    shutdown: Shutdown,
  ) {
    this.ring = new SeriesRing(settings.samples, settings.maxSeries);
    shutdown.add({ name: 'samples of statistics', close: () => this.stop() });
  }

  onApplicationBootstrap(): void {
    this.started = Date.now();
    this.figures = processFigures();
    this.include(this.figures.families);
    this.operations.forEach(({ metrics = [] }) => this.include(metrics));
    void this.sample();
    this.timer = startInterval(() => void this.sample(), this.settings.interval).unref();
  }

  /** What is kept now. */
  get kept(): KeptStatistics {
    const { instance, started, ring, settings } = this;
    const { keptTimes: times, series, leftOut } = ring;
    return { instance, started, interval: settings.interval, now: Date.now(), times, series, leftOut };
  }

  /** What was left out of the last sample. */
  get leftOut(): readonly LeftOutSeries[] {
    return this.ring.leftOut;
  }

  /** Resolves once there was a sample. */
  async begun(): Promise<void> {
    if (this.sequence === 0) await this.sampling;
  }

  /** Resolves with the next sample, or when the signal aborts. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  private include(families: readonly MetricFamily[]): void {
    for (const family of families) if (hasSeries(family)) this.sources.push(new FamilySource(family));
  }

  private sample(): Promise<void> {
    // One that takes longer than the interval stands for two.
    return (this.sampling ??= this.take().finally(() => (this.sampling = undefined)));
  }

  private async take(): Promise<void> {
    const time = Date.now();
    const patience = Math.min(PATIENCE, this.settings.interval / 2);
    const families: [SeriesFamily, readonly Reading[]][] = [];
    const late: Promise<void>[] = [];
    for (const source of this.sources) {
      const readings = source.sample(patience);
      if (!(readings instanceof Promise)) families.push([source.family, readings]);
      else late.push(readings.then((given) => void families.push([source.family, given])));
    }
    if (late.length > 0) await Promise.all(late);
    this.last = this.ring.take(time, families);
    this.sequence += 1;
    for (const tell of [...this.waiting]) tell();
  }

  private stop(): void {
    this.timer?.stop();
    this.figures?.stop();
  }
}
