import { LONGEST_TIMER } from './duration.js';

/** A wait that {@link startTimer} or {@link startInterval} has begun. */
export interface Timer {
  /** Ends the wait; the callback is not called any more. */
  stop(): void;
  /** Begins the wait anew, with its whole span; also after it was stopped, or is over. */
  restart(): void;
  /** Lets a process of Node end while it waits for nothing else. In browsers there is nothing to do. */
  unref(): this;
}

/**
 * Calls back once after any span. A timer of JavaScript that is set to more than {@link LONGEST_TIMER} fires at once; this one
 * waits in several steps.
 *
 * @param milliseconds how long to wait; Infinity for a wait that only {@link Timer.stop} ends
 */
export function startTimer(callback: () => void, milliseconds: number): Timer {
  return new SteppedTimer(callback, milliseconds, false);
}

/** What is done again and again is not done more often than this, in milliseconds: it would keep a processor busy. */
const SHORTEST_INTERVAL = 10;

/** Calls back again and again, each time after the same span, as {@link startTimer} does once; 100 times a second at most. */
export function startInterval(callback: () => void, milliseconds: number): Timer {
  return new SteppedTimer(callback, Math.max(milliseconds, SHORTEST_INTERVAL), true);
}

type Handle = ReturnType<typeof setTimeout>;

class SteppedTimer implements Timer {
  private handle: Handle | undefined;
  /** What is left of the span when the step under way has ended. */
  private left = 0;
  private holdsProcess = true;

  constructor(
    private readonly callback: () => void,
    private readonly span: number,
    private readonly repeats: boolean,
  ) {
    this.restart();
  }

  stop(): void {
    clearTimeout(this.handle);
  }

  restart(): void {
    this.stop();
    this.left = this.span;
    this.step();
  }

  unref(): this {
    this.holdsProcess = false;
    letGo(this.handle);
    return this;
  }

  private step(): void {
    const milliseconds = Math.min(this.left, LONGEST_TIMER);
    this.left -= milliseconds;
    this.handle = setTimeout(this.onStep, milliseconds);
    if (!this.holdsProcess) letGo(this.handle);
  }

  private readonly onStep = (): void => {
    if (this.left > 0) {
      this.step();
      return;
    }
    // Before the callback, which may stop it.
    if (this.repeats) this.restart();
    this.callback();
  };
}

/** In browsers a timer is a number. */
function letGo(handle: Handle | undefined): void {
  (handle as { unref?: () => void } | undefined)?.unref?.();
}
