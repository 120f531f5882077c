import type { TimeRange } from '../../../parts/chart/line-chart.js';
import type { PlotData } from '../numbers/plot-data.js';

/** Shown where nothing came yet, in milliseconds. */
const LEAST_SPAN = 10_000;

/** What is shown before the user has zoomed: the span that ends at the edge, or all that is kept. */
export function shownRange(data: PlotData, edge: number, span: number): TimeRange {
  if (Number.isFinite(span)) return { from: edge - span, to: edge };
  const oldest = data.oldestTime ?? edge - LEAST_SPAN;
  return { from: Math.min(oldest, edge - 1000), to: edge };
}
