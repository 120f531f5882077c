/** Appends of one producer whose IDs are remembered. Those whose IDs follow each other count as one. */
export const MOST_RUNS = 1024;

/** Producers of one stream. */
export const MOST_PRODUCERS = 1000;

/** How long a producer is remembered that appends nothing. */
export const IDLE_MS = 7 * 24 * 3600 * 1000;
