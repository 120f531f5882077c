import type { MetricFamily, OperationsPart } from '@millrace/core/ops';
import type { FollowerLag, StreamStore } from './api/stream-store.js';
import type { StreamStatistics } from './api/stream-statistics.js';

/** Those whose names end in `_total` are counters. */
const FIGURES = {
  millrace_stream_entries_in_total: ['entriesIn', 'Entries stored'],
  millrace_stream_bytes_in_total: ['bytesIn', 'Bytes stored'],
  millrace_stream_entries_out_total: ['entriesOut', 'Entries sent to pull sockets'],
  millrace_stream_bytes_out_total: ['bytesOut', 'Bytes sent to pull sockets'],
  millrace_stream_gaps_total: ['gaps', 'Gaps told to pull sockets and reads'],
  millrace_stream_unreadable_total: ['unreadable', 'Entries that could not be converted for a reader'],
  millrace_stream_skipped_total: ['skipped', 'Entries passed over for pullers that asked for the newest only'],
  millrace_stream_refused_pushes_total: ['refusedPushes', 'Push sockets closed for what they sent'],
  millrace_stream_held_back_total: ['heldBack', 'Times a push socket was held back'],
  millrace_stream_pushers: ['pushers', 'Live push sockets'],
  millrace_stream_pullers: ['pullers', 'Live pull sockets'],
} satisfies Record<string, [keyof StreamStatistics, help: string]>;

const LAG = {
  millrace_stream_followers: ['followers', 'Open cursors over streams'],
  millrace_stream_followers_behind: ['behind', 'Followers so far behind that they read from the storage'],
  millrace_stream_lag_entries: ['waiting', 'Most entries that wait for one of the other followers'],
} satisfies Record<string, [keyof FollowerLag, help: string]>;

/** Health and metrics of one application's streams: up while the storage answers and takes writes, as far as it says no worse itself. */
export function streamOperations(store: StreamStore, statistics: StreamStatistics): OperationsPart {
  return {
    name: 'streams',
    health: async () => {
      // Side by side: each may take as long as an answer of health may.
      const [, beneath] = await Promise.all([store.check(), store.operations?.health?.()]);
      return beneath ?? { status: 'up' };
    },
    metrics: [
      ...families(FIGURES, (figure) => statistics[figure]),
      ...families(LAG, (figure) => store.followerLag()?.[figure]),
      {
        type: 'gauge',
        name: 'millrace_stream_damaged_blocks',
        help: 'Damaged blocks found in the storage since the start',
        read: () => store.damagedBlocks(),
      },
    ],
  };
}

function families<Figure extends string>(
  named: Readonly<Record<string, readonly [figure: Figure, help: string]>>,
  read: (figure: Figure) => number | undefined,
): MetricFamily[] {
  return Object.entries(named).map(([name, [figure, help]]): MetricFamily => {
    const family = { name, help, read: () => read(figure) };
    return name.endsWith('_total') ? { type: 'counter', ...family } : { type: 'gauge', ...family };
  });
}
