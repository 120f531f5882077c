import { setMaxListeners } from 'node:events';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { pause, startTimer, thrownText, type Timer, withDeadline } from '@millrace/protocol';
import { Turns } from './turns.js';

/** How long a shutdown may take where nobody has asked for another time, in milliseconds. */
export const SHUTDOWN_TIMEOUT = 5000;

/** How long the last words that are said at the deadline may take to leave, in milliseconds. */
const FAREWELL = 500;

/** The part of the time over which followers leave one after the other. */
const SPREAD = 0.4;

/** How long stores have to close where the deadline has passed already, in milliseconds. */
const CLOSING = 1000;

/** What one part of an application does when the application ends. */
export interface ShutdownPart {
  /** Who may be busy, for the log: `calls by HTTP`. */
  readonly name: string;
  /** Called once when the end is announced, before the delay: everything goes on, and nobody is to count on it for long. */
  announce?(): void;
  /**
   * Called once, for all parts at the same time: refuses what is new and tells what is under way that it is to end.
   *
   * @param deadline aborts when the time is over: what is still to be said has to be said then
   * @returns a promise of the moment when nothing is under way any more
   */
  end?(deadline: AbortSignal): unknown;
  /** Cuts what has not ended, a moment after the deadline. */
  cut?(): void;
  /** Closes what the other parts and the host's own hooks work with until then: stores and clients. */
  close?(): unknown;
}

/**
 * Ends all parts of an application at once, and by one deadline. It is announced when those who use our modules have had
 * their `onModuleDestroy`: the health says no then, and load balancers have a delay to look away. Then it begins, waits for the
 * parts in `beforeApplicationShutdown`, and closes stores in `onApplicationShutdown`, so the host's own hooks find the services
 * at work.
 */
@Injectable()
export class Shutdown implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger('Shutdown');
  private readonly parts: ShutdownPart[] = [];
  private readonly ends = new Map<ShutdownPart, Promise<unknown>>();
  private readonly busy = new Set<string>();
  private readonly beginning = heardByMany();
  private readonly deadline = heardByMany();
  /** Aborts when the last words have left, or nobody is there to hear them. */
  private readonly farewell = new AbortController();
  private readonly turns = new Turns(() => this.timeout * SPREAD);
  private announced = false;
  private delay = 0;
  private limit: number | undefined;
  private asked = SHUTDOWN_TIMEOUT;
  private begunAt = 0;
  private timer: Timer | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private cutting: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  /** Aborts when the application begins to end: who waits for something is told then. */
  get signal(): AbortSignal {
    return this.beginning.signal;
  }

  /** Whether the end is announced: the application works, and is not to be sent anybody new. */
  get isLeaving(): boolean {
    return this.announced;
  }

  /** The longest time from the beginning to the deadline, in milliseconds. */
  get timeout(): number {
    return this.limit ?? this.asked;
  }

  add(part: ShutdownPart): void {
    this.parts.push(part);
  }

  /** Sets the time: that of the adapter counts before any other. */
  limitTo(milliseconds: number): void {
    this.limit = milliseconds;
  }

  /** Sets the time from the announcement to the beginning, in milliseconds. */
  delayBy(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /** Asks for at least so much time where nobody has set one. */
  askFor(milliseconds: number): void {
    this.asked = Math.max(this.asked, milliseconds);
  }

  /** Resolves when the parts of a name have ended, or the deadline has come: for a part that they need until then. */
  async whenEnded(name: string): Promise<void> {
    const { signal } = this.deadline;
    const late = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    const ends = [...this.ends].flatMap(([part, end]) => (part.name === name ? [end] : []));
    await Promise.race([Promise.all(ends), late]);
  }

  /**
   * Resolves when it is the turn of one more follower to be sent away: all of them are spread over a part of the time, so that
   * they do not come back elsewhere in one moment. To be called as soon as the shutdown begins.
   */
  turn(): Promise<void> {
    return this.turns.next();
  }

  async onModuleDestroy(): Promise<void> {
    if (this.announced) return;
    this.announced = true;
    for (const part of this.parts) void this.attempt(part, () => part.announce?.());
    if (this.delay > 0) {
      this.logger.log(`Not ready any more; at work for another ${this.delay} ms`);
      await pause(this.delay);
    }
    this.begin();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.ended;
  }

  /** The host's server has closed by now. */
  onApplicationShutdown(): Promise<void> {
    return (this.closed ??= this.close());
  }

  private begin(): void {
    this.begunAt = performance.now();
    this.beginning.abort();
    // All are known before the first one begins.
    const begun = Promise.resolve();
    for (const part of this.parts) this.ends.set(part, this.end(part, begun));
    const late = new Promise<void>((resolve) => {
      this.timer = startTimer(() => void (this.cutting = this.hurry()).then(resolve), this.timeout);
    });
    this.ended = Promise.race([Promise.all(this.ends.values()), late]);
  }

  private async end(part: ShutdownPart, begun: Promise<void>): Promise<void> {
    this.busy.add(part.name);
    await begun;
    await this.attempt(part, () => part.end?.(this.deadline.signal));
    this.busy.delete(part.name);
  }

  private async hurry(): Promise<void> {
    if (this.busy.size > 0)
      this.logger.warn(`Still busy after ${this.timeout} ms, and cut now: ${[...this.busy].join(', ')}`);
    this.deadline.abort();
    await pause(FAREWELL, this.farewell.signal);
    for (const part of this.parts) await this.attempt(part, () => part.cut?.());
  }

  private async close(): Promise<void> {
    this.timer?.stop();
    this.farewell.abort();
    await this.cutting;
    const left = Math.max(this.begunAt + this.timeout - performance.now(), CLOSING);
    await Promise.all(
      this.parts.map(async (part) => {
        const late = (): Error => new Error(`Not closed within ${Math.round(left)} ms`);
        await this.attempt(part, () => withDeadline(Promise.resolve(part.close?.()), left, late));
      }),
    );
  }

  /** The failure of one part keeps back no other. */
  private async attempt({ name }: ShutdownPart, work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn(`${name}: ${thrownText(error)}`);
    }
  }
}

/** Each socket and each wait may listen to it: Node takes more than ten listeners for a leak. */
function heardByMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(Infinity, controller.signal);
  return controller;
}
