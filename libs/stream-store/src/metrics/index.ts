import { Counter, Gauge, type Registry } from 'prom-client';
import type { FollowerLag } from '../api/stream-follower.js';
import type { StreamStore } from '../api/stream-store.js';
import type { StreamStatistics } from '../api/stream-statistics.js';

type Figure = keyof StreamStatistics;

const COUNTERS: readonly (readonly [name: string, figure: Figure, help: string])[] = [
  ['millrace_stream_entries_in_total', 'entriesIn', 'Entries stored'],
  ['millrace_stream_bytes_in_total', 'bytesIn', 'Bytes stored'],
  ['millrace_stream_entries_out_total', 'entriesOut', 'Entries sent to pull sockets'],
  ['millrace_stream_bytes_out_total', 'bytesOut', 'Bytes sent to pull sockets'],
  ['millrace_stream_gaps_total', 'gaps', 'Pull sockets and reads which retention has overtaken'],
  ['millrace_stream_skipped_total', 'skipped', 'Entries passed over for pullers that asked for the newest only'],
  ['millrace_stream_refused_pushes_total', 'refusedPushes', 'Push sockets closed for what they sent'],
  ['millrace_stream_held_back_total', 'heldBack', 'Times a push socket was held back'],
];

const GAUGES: readonly (readonly [name: string, figure: Figure, help: string])[] = [
  ['millrace_stream_pushers', 'pushers', 'Live push sockets'],
  ['millrace_stream_pullers', 'pullers', 'Live pull sockets'],
];

/**
 * Puts the figures of one application's streams into a registry; they are read when the registry is.
 *
 * @param store adds how far its followers are behind
 */
export function registerStreamMetrics(registry: Registry, statistics: StreamStatistics, store?: StreamStore): void {
  if (store) registerLag(registry, store);
  for (const [name, figure, help] of COUNTERS) {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(statistics[figure]);
      },
    });
  }
  for (const [name, figure, help] of GAUGES) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(statistics[figure]);
      },
    });
  }
}

const LAG: readonly (readonly [name: string, figure: keyof FollowerLag, help: string])[] = [
  ['millrace_stream_followers', 'followers', 'Open cursors over streams'],
  ['millrace_stream_followers_behind', 'behind', 'Followers so far behind that they read from the storage'],
  ['millrace_stream_lag_entries', 'waiting', 'Most entries that wait for one of the other followers'],
];

function registerLag(registry: Registry, store: StreamStore): void {
  for (const [name, figure, help] of LAG) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const lag = store.followerLag();
        if (lag) this.set(lag[figure]);
      },
    });
  }
}
