import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricFamily } from '../ops/metric-family.js';

/** How often the delay of the event loop is measured, in milliseconds: seldom enough to cost nothing. */
const RESOLUTION = 20;

/** Figures of the process, by the names that `prom-client` gives them, and what ends their measurement. */
export interface ProcessFigures {
  readonly families: readonly MetricFamily[];
  stop(): void;
}

/** Begins to measure the process. */
export function processFigures(): ProcessFigures {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
  delay.enable();
  const gauge = (name: string, help: string, read: () => number): MetricFamily => ({ type: 'gauge', name, help, read });
  return {
    stop: () => void delay.disable(),
    families: [
      gauge('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss()),
      gauge('nodejs_heap_size_used_bytes', 'Memory of the heap that is in use', () => process.memoryUsage().heapUsed),
      gauge('process_uptime_seconds', 'Time since the process was started', () => process.uptime()),
      {
        type: 'counter',
        name: 'process_cpu_seconds_total',
        help: 'CPU time of the process',
        read: () => {
          const { user, system } = process.cpuUsage();
          return (user + system) / 1e6;
        },
      },
      gauge('nodejs_eventloop_lag_p99_seconds', 'How late the event loop was, in 99 of 100 cases at the most', () => {
        const late = delay.percentile(99) / 1e9 - RESOLUTION / 1000;
        delay.reset();
        return Math.max(0, late);
      }),
    ],
  };
}
