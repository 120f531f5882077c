import type { StatisticsEvent } from '@millrace/protocol';
import type { ServerLink } from '../link/server-link.js';
import { followEvents } from '../link/follow-events.js';

/** Options of a watch of the statistics. */
export interface StatisticsWatchOptions {
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A snapshot, then each sample, through cuts of the connection. */
export function watchStatistics(
  link: ServerLink,
  { signal }: StatisticsWatchOptions,
): AsyncGenerator<StatisticsEvent, void, undefined> {
  return followEvents(link, { path: 'statistics', read: readStatisticsEvent, signal });
}

/** Undefined for a type of a newer server. */
function readStatisticsEvent(value: unknown): StatisticsEvent | undefined {
  const { type } = value as { readonly type?: unknown };
  return type === 'snapshot' || type === 'sample' ? (value as StatisticsEvent) : undefined;
}
