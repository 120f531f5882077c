import { findNumbers } from './find-numbers.js';
import { Samples } from './samples.js';

/** Share of the shown span by which it may run ahead of the newest entry. */
const AHEAD = 0.1;

/** What is known of one stream of a plot. */
export class PlottedStream {
  readonly samples = new Samples();
  /** Entries that were taken, those without a number among them, and entries that were gone before. */
  entries = 0;
  withoutNumbers = 0;
  gaps = 0;
  /** Whether the history was left out, since the newest entries have no numbers. */
  isWithoutHistory = false;

  take(time: number, data: Uint8Array): void {
    const numbers = findNumbers(data);
    this.entries += 1;
    if (numbers.size === 0) this.withoutNumbers += 1;
    this.samples.add(time, numbers);
  }
}

/** All that a plot has of its streams; it changes as entries come. */
export class PlotData {
  readonly streams = new Map<string, PlottedStream>();
  /** From when on the history was read, in milliseconds since 1970; -Infinity: all of it that is worth it. */
  readFrom = -Infinity;
  /** Grows with every change. */
  version = 0;
  private newest = -Infinity;
  private arrived = 0;

  constructor(private readonly names: readonly string[]) {
    this.begin();
  }

  /** Forgets what came, to read it anew. */
  begin(): void {
    for (const name of this.names) this.streams.set(name, new PlottedStream());
    this.newest = -Infinity;
    this.version += 1;
  }

  take(stream: string, time: number, data: Uint8Array): void {
    this.streams.get(stream)?.take(time, data);
    if (time >= this.newest) {
      this.newest = time;
      this.arrived = performance.now();
    }
    this.version += 1;
  }

  gap(stream: string): void {
    const found = this.streams.get(stream);
    // What is missing before the first entry was never asked for.
    if (!found || found.entries === 0) return;
    found.gaps += 1;
    const { times } = found.samples;
    // What is missing is a hole in the lines.
    if (times.length > 0) found.samples.add(times[times.length - 1]!, new Map());
    this.version += 1;
  }

  /** The time of the newest entry, in milliseconds since 1970; undefined before the first one. */
  get newestTime(): number | undefined {
    return Number.isFinite(this.newest) ? this.newest : undefined;
  }

  /** The time of the oldest point that is kept. */
  get oldestTime(): number | undefined {
    const times = [...this.streams.values()].flatMap(({ samples }) => (samples.length > 0 ? [samples.times[0]!] : []));
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /**
   * Where a live plot ends: at the newest entry, whose clock is that of the server or of a device, and from there on with the time
   * that passes, so that the lines move evenly; but the newest entries never move out of sight.
   */
  edge(span: number): number {
    if (!Number.isFinite(this.newest)) return Date.now();
    return this.newest + Math.min(performance.now() - this.arrived, span * AHEAD);
  }
}
