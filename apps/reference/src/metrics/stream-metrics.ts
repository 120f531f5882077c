import { Injectable } from '@nestjs/common';
import { SocketRegistry } from '@millrace/core';
import { StreamStatistics, StreamStore } from '@millrace/stream-store';
import { registerStreamMetrics } from '@millrace/stream-store/metrics';
import { Gauge, Registry } from 'prom-client';

/** Puts the figures of streams and sockets into the application's registry. */
@Injectable()
export class StreamMetrics {
  constructor(registry: Registry, statistics: StreamStatistics, store: StreamStore, sockets: SocketRegistry) {
    registerStreamMetrics(registry, statistics, store);
    new Gauge({
      name: 'millrace_sockets',
      help: 'Live WebSockets by path',
      labelNames: ['path'],
      registers: [registry],
      collect() {
        for (const { paths, connections } of sockets.endpoints) this.set({ path: paths.join(' ') }, connections.size);
      },
    });
  }
}
