import { bytes, count, rate, shortCount, span } from '../../parts/formats/format.js';
import { growthOf, type Labelled, lastOf, type Recording, type Value, valuesOf } from './recording.js';

/** One figure of the server, with how it went. */
export interface ShownFigure {
  readonly name: string;
  /** What is shown large. */
  readonly text: string;
  /** One for each sample. */
  readonly values: readonly Value[];
  readonly format: (value: number) => string;
  /** Whether the operator should look at it. */
  readonly isBad: boolean;
}

/** Figures about one thing. */
export interface FigureSection {
  readonly name: string;
  readonly figures: readonly ShownFigure[];
}

/** Name of the section of live sockets, which have a chart too. */
export const SOCKETS = 'Live sockets';

const percent = (value: number): string => `${value < 10 ? value.toFixed(1) : Math.round(value)} %`;
const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(seconds < 0.01 ? 1 : 0)} ms`;

/** All figures that the server has, by what they are about. */
export function figuresOf(recording: Recording): FigureSection[] {
  const now = figureOf(recording);
  const total = totalOf(recording);
  const sections: readonly (readonly [name: string, figures: readonly (ShownFigure | undefined)[]])[] = [
    [
      'Streams',
      [
        now('Entries in', 'millrace_stream_entries_in_total', rate),
        now('Entries out', 'millrace_stream_entries_out_total', rate),
        now('Bytes in', 'millrace_stream_bytes_in_total', bytesRate),
        now('Bytes out', 'millrace_stream_bytes_out_total', bytesRate),
        now('Readers that are behind', 'millrace_stream_followers_behind', count),
        total('Gaps', 'millrace_stream_gaps_total'),
        total('Entries passed over', 'millrace_stream_skipped_total', false),
        total('Refused pushes', 'millrace_stream_refused_pushes_total'),
        total('Pushes held back', 'millrace_stream_held_back_total'),
        total('Unreadable entries', 'millrace_stream_unreadable_total'),
        now('Left on the disk', 'millrace_stream_disk_free_bytes', bytes, (free) => free < leastOf(recording)),
      ],
    ],
    [SOCKETS, socketsOf(recording)],
    [
      'Groups of consumers that this instance serves',
      [
        now('Entries behind', 'millrace_stream_group_lag_entries', count),
        now('Pending', 'millrace_stream_group_pending', count),
        now('Set aside', 'millrace_stream_group_set_aside', count, (value) => value > 0),
      ],
    ],
    [
      'Registry',
      [
        now('Connections', 'millrace_connectivity_connections', count),
        now('Partitions', 'millrace_connectivity_partitions', count),
        now('Publications', 'millrace_connectivity_publish_total', rate),
        now('Look-ups', 'millrace_connectivity_lookup_total', rate),
        now('Watches', 'millrace_connectivity_watchers', count),
      ],
    ],
    [
      'Sources and methods',
      [
        now('Sources connected', 'millrace_hub_sources', count, undefined, ({ state }) => state === 'connected'),
        now('Sources that reconnect', 'millrace_hub_sources', count, isSome, ({ state }) => state === 'reconnecting'),
        now('Sources away', 'millrace_hub_sources', count, isSome, ({ state }) => state === 'disconnected'),
        now('Notifications', 'millrace_hub_notifications_total', rate),
        now('Calls of methods', 'millrace_rpc_calls_total', rate),
        now('Calls that failed', 'millrace_rpc_calls_total', rate, isSome, ({ outcome }) => outcome === 'failed'),
        now('Calls that wait or run', 'millrace_rpc_calls_pending', count),
      ],
    ],
    [
      'Process',
      [
        now(
          'Processor',
          'process_cpu_seconds_total',
          (value) => percent(value * 100),
          (value) => value > 0.9,
        ),
        now('Delay of the event loop', 'nodejs_eventloop_lag_p99_seconds', milliseconds, (value) => value > 0.25),
        now('Memory', 'process_resident_memory_bytes', bytes),
        now('Heap', 'nodejs_heap_size_used_bytes', bytes),
        now('Connections to Redis', 'millrace_redis_connected', count),
        total('Connections to Redis made anew', 'millrace_redis_reconnects_total'),
      ],
    ],
  ];
  return sections
    .map(([name, figures]) => ({ name, figures: figures.filter((one) => one !== undefined) }))
    .filter(({ figures }) => figures.length > 0);
}

/** How long the process of the instance runs, in milliseconds. */
export function uptimeOf(recording: Recording): string | undefined {
  const seconds = lastOf(valuesOf(recording, 'process_uptime_seconds') ?? []);
  return seconds === null ? undefined : span(seconds * 1000);
}

function bytesRate(value: number): string {
  return `${bytes(value)}/s`;
}

function isSome(value: number): boolean {
  return value > 0;
}

/** What the disk has to have free: twice what entries leave free. */
function leastOf(recording: Recording): number {
  return 2 * (lastOf(valuesOf(recording, 'millrace_stream_disk_reserve_bytes') ?? []) ?? 0);
}

type NowFigure = (
  name: string,
  family: string,
  format: (value: number) => string,
  isBad?: (value: number) => boolean,
  labelled?: Labelled,
) => ShownFigure | undefined;

/** A figure as it is now: a gauge, or the rate of a counter. */
function figureOf(recording: Recording): NowFigure {
  return (name, family, format, isBad = () => false, labelled) => {
    const values = valuesOf(recording, family, labelled);
    if (!values) return undefined;
    const last = lastOf(values);
    return { name, text: last === null ? '–' : format(last), values, format, isBad: last !== null && isBad(last) };
  };
}

/** A counter of what should be seldom: how often it was in all that is shown. */
function totalOf(recording: Recording): (name: string, family: string, isBad?: boolean) => ShownFigure | undefined {
  return (name, family, isBad = true) => {
    const total = growthOf(recording, family);
    const values = valuesOf(recording, family);
    if (total === undefined || !values) return undefined;
    return { name, text: shortCount(total), values, format: rate, isBad: isBad && total > 0 };
  };
}

/** What a socket is for, by the end of its path. */
const KINDS: readonly (readonly [end: RegExp, name: string])[] = [
  [/\/push$/, 'Push'],
  [/\/pull$/, 'Pull'],
  [/\/watch$/, 'Watches of the registry'],
  [/\/wsock\/websocket$/, 'Connectors of sources'],
  [/(^|[\s/])rpc$/, 'Methods'],
];

/** The live sockets of each kind. */
function socketsOf(recording: Recording): ShownFigure[] {
  const paths = [
    ...new Set(recording.series.filter(({ name }) => name === 'millrace_sockets').map(({ labels }) => labels['path'])),
  ];
  return paths.map((path = '') => {
    const values = valuesOf(recording, 'millrace_sockets', (labels) => labels['path'] === path) ?? [];
    const [, name = path] = KINDS.find(([end]) => end.test(path)) ?? [];
    return { name, text: count(lastOf(values) ?? 0), values, format: count, isBad: false };
  });
}
