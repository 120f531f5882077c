import { PictureSource } from './picture-source.js';

/** Bytes of all frames that are kept. */
const MOST_BYTES = 96_000_000;

/** Draws the pictures of several streams by one clock. */
export class Stage {
  private readonly sources = new Map<string, PictureSource>();
  private frame = 0;
  /** Milliseconds by which all pictures are held back, so that those of slower streams are there in time; 0: each as soon as it is there. */
  delay = 0;
  /** The time at which the pictures stand still, in milliseconds since 1970. */
  held: number | undefined;

  /** Begins to draw with each frame of the browser. @returns ends it */
  run(): () => void {
    const next = (): void => {
      const time = this.time;
      for (const source of this.sources.values()) source.drawUntil(time);
      this.frame = requestAnimationFrame(next);
    };
    next();
    return () => cancelAnimationFrame(this.frame);
  }

  /** The source of a stream, made where there is none. */
  source(stream: string): PictureSource {
    let source = this.sources.get(stream);
    if (!source) {
      source = new PictureSource(stream, () => MOST_BYTES / this.sources.size);
      this.sources.set(stream, source);
    }
    return source;
  }

  remove(stream: string): void {
    this.sources.delete(stream);
  }

  /** The time up to which pictures are shown now. */
  get time(): number {
    if (this.held !== undefined) return this.held;
    if (this.delay === 0) return Infinity;
    // Of all streams the quickest one tells how far the clocks are apart.
    const lag = Math.min(...[...this.sources.values()].map((source) => source.lag.value));
    return Number.isFinite(lag) ? Date.now() - lag - this.delay : Infinity;
  }

  /** The times of all frames that can be gone back to, each once. */
  get times(): number[] {
    const all = [...this.sources.values()].flatMap((source) => source.frames.times);
    return [...new Set(all)].sort((left, right) => left - right);
  }

  /** The time of the newest frame that is shown. */
  get shownTime(): number | undefined {
    const times = [...this.sources.values()].flatMap(({ shown }) => (shown ? [shown.time] : []));
    return times.length > 0 ? Math.max(...times) : undefined;
  }
}
