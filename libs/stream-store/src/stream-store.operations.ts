import type { MetricFamily, Notice, OperationsPart } from '@millrace/core/ops';
import type { FollowerLag, StreamStore } from './api/stream-store.js';
import type { StreamStatistics } from './api/stream-statistics.js';
import type { GroupDescription } from './api/stream-groups.js';
import type { ActiveGroups } from './engine/groups/active-groups.js';

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
export function streamOperations(
  store: StreamStore,
  statistics: StreamStatistics,
  groups: ActiveGroups,
): OperationsPart {
  const figures = groupFigures(store, groups);
  return {
    name: 'streams',
    health: async () => {
      // Side by side: each may take as long as an answer of health may.
      const [, beneath] = await Promise.all([store.check(), store.operations?.health?.()]);
      return beneath ?? { status: 'up' };
    },
    notices: () => damageNotices(store.damagedBlocks()),
    metrics: [
      ...families(FIGURES, (figure) => statistics[figure]),
      ...families(LAG, (figure) => store.followerLag()?.[figure]),
      ...groupFamilies(figures, store.remote),
      {
        type: 'gauge',
        name: 'millrace_stream_damaged_blocks',
        help: 'Damaged blocks found in the storage since the start',
        read: () => store.damagedBlocks(),
      },
    ],
  };
}

function damageNotices(blocks = 0): Notice[] {
  if (blocks === 0) return [];
  return [
    {
      code: 'STREAMS_DAMAGED',
      level: 'error',
      text: `${blocks} damaged blocks of entries were found since the start; readers get a gap in their place. The log names them`,
      remedy: 'Stop the server, run millrace repair <directory>, and look at the disk',
    },
  ];
}

type GroupFigure = 'lag' | 'pending' | 'setAside';

const GROUPS = {
  millrace_stream_group_lag_entries: ['lag', 'Kept entries that a group of consumers has not handed out yet'],
  millrace_stream_group_pending: ['pending', 'Entries that a group has handed out and that are not acknowledged'],
  millrace_stream_group_set_aside: ['setAside', 'Entries that a group has set aside'],
} satisfies Record<string, [GroupFigure, help: string]>;

type Described = GroupDescription & { readonly stream: string };

/** Reads the groups that this application takes part in, once for all families of a scrape. */
function groupFigures(store: StreamStore, groups: ActiveGroups): () => Promise<Described[]> {
  let reading: Promise<Described[]> | undefined;
  const read = async (): Promise<Described[]> => {
    const found = await Promise.all(
      groups.all.map(async ({ stream, group }) => {
        // The storage is away: its health says so.
        const description = await store.groups.describe(stream, group).catch(() => undefined);
        return description ? [{ stream, ...description }] : [];
      }),
    );
    return found.flat();
  };
  // What is read for one scrape is asked for at the same time.
  return () => (reading ??= read().finally(() => (reading = undefined)));
}

function groupFamilies(read: () => Promise<Described[]>, costly?: boolean): MetricFamily[] {
  return Object.entries(GROUPS).map(([name, [figure, help]]): MetricFamily => ({
    type: 'gauge',
    name,
    help,
    labels: ['stream', 'group'],
    costly,
    read: async () =>
      (await read()).flatMap(({ stream, group, [figure]: value }) =>
        value === undefined ? [] : [{ labels: { stream, group }, value }],
      ),
  }));
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
