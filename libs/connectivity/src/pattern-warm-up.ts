import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { runsOnEngine } from './engine/patterns/name-pattern.js';
import { warmUpPatterns } from './engine/patterns/warm-up.js';

/** How long after the start the engine is warmed up when no pattern asks for it before, in milliseconds. */
const DELAY = 1000;

/**
 * Makes the engine of patterns quick, in short pieces between other work. It begins a moment after the application has
 * started, or with the first pattern that needs the engine, which waits for it: so a hostile pattern is no slower in a new
 * process.
 */
@Injectable()
export class PatternWarmUp implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private finished = false;
  private ending = false;

  onApplicationBootstrap(): void {
    this.timer = setTimeout(() => void this.run(), DELAY);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearTimeout(this.timer);
    this.ending = true;
  }

  /** Undefined when a pattern can be matched at once, else a promise of that moment. */
  before(pattern: string | undefined): Promise<void> | undefined {
    return this.finished || pattern === undefined || !runsOnEngine(pattern) ? undefined : this.run();
  }

  private run(): Promise<void> {
    return (this.running ??= this.work());
  }

  private async work(): Promise<void> {
    for (const _pause of warmUpPatterns()) {
      if (this.ending) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.finished = true;
  }
}
