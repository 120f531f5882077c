import { setTimeout as pause } from 'node:timers/promises';
import {
  InjectSource,
  OnClose,
  OnConnect,
  OnPublish,
  OnQuery,
  SourceConnection,
  SourceHandler,
  SourceQueryError,
} from '@millrace/connector';
import { startInterval, type Timer } from '@millrace/protocol';

/** One reading of the simulated thermostat. */
export interface Reading {
  readonly time: string;
  readonly temperature: number;
  readonly target: number;
  readonly heating: boolean;
}

const OUTSIDE = 8;
const LEAKS = 0.01;
const HEATS = 0.35;
/** Degrees below the target at which heating begins. */
const SLACK = 0.2;

/** A room with a heater: cools towards the outside, warms while heated. One step is a second. */
class Room {
  target = 20;
  private temperature = 18;
  private heating = false;

  step(now: Date): Reading {
    if (this.temperature < this.target - SLACK) this.heating = true;
    else if (this.temperature >= this.target) this.heating = false;
    this.temperature += (OUTSIDE - this.temperature) * LEAKS + (this.heating ? HEATS : 0);
    return {
      time: now.toISOString(),
      temperature: Math.round(this.temperature * 100) / 100,
      target: this.target,
      heating: this.heating,
    };
  }
}

const KEPT = 600;
const DEFAULT_COUNT = 10;
const DEFAULT_INTERVAL = 1000;
const SHORTEST_INTERVAL = 100;

/**
 * A simulated thermostat: its configuration says the first target and the pause between readings in milliseconds, a publish
 * of `{ target }` sets another, and a query of `{ count }` answers the newest readings, each as a partial response.
 */
@SourceHandler('thermostat')
export class Thermostat {
  private readonly room = new Room();
  private readonly history: Reading[] = [];
  private measuring: Timer | undefined;

  constructor(@InjectSource('thermostat') private readonly source: SourceConnection) {}

  @OnConnect()
  configure({ target, interval }: { target?: unknown; interval?: unknown }): void {
    this.aim(target);
    this.measuring?.stop();
    const period = typeof interval === 'number' ? Math.max(SHORTEST_INTERVAL, interval) : DEFAULT_INTERVAL;
    this.measuring = startInterval(() => this.measure(), period);
    // A query in the first period is to have an answer too.
    if (this.history.length === 0) this.measure();
  }

  @OnPublish()
  aim(target: unknown): void {
    const value = typeof target === 'object' && target !== null && 'target' in target ? target.target : target;
    if (typeof value === 'number') this.room.target = Math.min(30, Math.max(5, value));
  }

  @OnQuery()
  async *readings({ count = DEFAULT_COUNT }: { count?: unknown }): AsyncIterable<Reading> {
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1)
      throw new SourceQueryError('millrace.demo.count', 'count must be a whole number above 0, not {0}', [
        String(count),
      ]);
    for (const reading of this.history.slice(-count)) {
      // Slow enough to be seen coming in parts.
      await pause(20);
      yield reading;
    }
  }

  @OnClose()
  rest(): void {
    this.measuring?.stop();
  }

  private measure(): void {
    const reading = this.room.step(new Date());
    this.history.push(reading);
    if (this.history.length > KEPT) this.history.shift();
    // Without a connection it waits in the outbox; how many do is shown by its counters.
    void this.source.notify({ ...reading }).catch(() => undefined);
  }
}
