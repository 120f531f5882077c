/** What the console shows of the queues: `jobs/figures.json` below its path. */
export interface JobsFigures {
  readonly queues: readonly QueueFigures[];
}

/** A queue, and how many jobs it has in each state. */
export interface QueueFigures {
  /** As the addresses of the board have it. */
  readonly name: string;
  readonly isPaused: boolean;
  /** Jobs by state, for example `{ waiting: 2, failed: 1 }`. */
  readonly counts: Readonly<Record<string, number>>;
}
