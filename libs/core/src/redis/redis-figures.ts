import { startInterval, type Timer } from '@millrace/protocol';
import type { Redis } from 'ioredis';
import type { MetricFamily, Sample } from '../ops/metric-family.js';
import { mastersOf, reachedNode } from './place.js';
import type { RedisClient } from './shared-redis.options.js';

/** How often the way to Redis and back is timed, in milliseconds. */
const TIMED_MS = 1000;
const BUCKETS = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5];

type Observe = (seconds: number, labels: Record<string, string>) => void;

/** What happened to connections of one name. */
interface Counts {
  reconnects: number;
  errors: number;
}

/** What the connections to one Redis have done, for metrics. */
export class RedisFigures {
  private readonly open = new Map<RedisClient, { readonly name: string; readonly unwatch: () => void }>();
  /** By the name of the connection; closed ones count on. */
  private readonly counts = new Map<string, Counts>();
  private readonly observers: Observe[] = [];
  private timing: Timer | undefined;

  readonly families: readonly MetricFamily[] = [
    {
      type: 'gauge',
      name: 'millrace_redis_connected',
      help: 'Whether a connection to Redis is ready, and to which server',
      labels: ['connection', 'node'],
      read: () => this.connected(),
    },
    {
      type: 'counter',
      name: 'millrace_redis_reconnects_total',
      help: 'Times that a lost connection to Redis was made anew',
      labels: ['connection'],
      read: () => this.counted('reconnects'),
    },
    {
      type: 'counter',
      name: 'millrace_redis_errors_total',
      help: 'Errors of connections to Redis',
      labels: ['connection'],
      read: () => this.counted('errors'),
    },
    {
      type: 'histogram',
      name: 'millrace_redis_latency_seconds',
      help: 'The way to Redis and back, timed once a second',
      labels: ['node'],
      buckets: BUCKETS,
      subscribe: (observe) => {
        this.observers.push(observe);
        this.keepTime();
      },
    },
  ];

  watch(name: string, client: RedisClient): void {
    const counts = this.counts.get(name) ?? { reconnects: 0, errors: 0 };
    this.counts.set(name, counts);
    const failed = (): void => void (counts.errors += 1);
    const lost = (): void => void (counts.reconnects += 1);
    const listeners = { error: failed, reconnecting: lost, 'node error': failed, '-node': lost };
    for (const [event, listener] of Object.entries(listeners)) client.on(event, listener);
    const unwatch = (): void => {
      for (const [event, listener] of Object.entries(listeners)) client.off(event, listener);
    };
    this.open.set(client, { name, unwatch });
    this.keepTime();
  }

  forget(client: RedisClient): void {
    this.open.get(client)?.unwatch();
    this.open.delete(client);
    this.keepTime();
  }

  private connected(): Sample[] {
    return [...this.open].flatMap(([client, { name: connection }]) => {
      const nodes = mastersOf(client).flatMap((node) => reachedNode(node) ?? []);
      if (nodes.length === 0) return [{ labels: { connection, node: '' }, value: 0 }];
      return nodes.map((node) => ({ labels: { connection, node }, value: 1 }));
    });
  }

  private counted(figure: keyof Counts): Sample[] {
    return [...this.counts].map(([connection, counts]) => ({ labels: { connection }, value: counts[figure] }));
  }

  /** Times the way while somebody wants to know, and there is one. */
  private keepTime(): void {
    if (this.observers.length > 0 && this.open.size > 0) {
      this.timing ??= startInterval(() => this.timeAll(), TIMED_MS).unref();
      return;
    }
    this.timing?.stop();
    this.timing = undefined;
  }

  private timeAll(): void {
    const [client] = [...this.open].find(([, { name }]) => name === 'commands') ?? [];
    for (const node of client ? mastersOf(client) : []) void this.timeOne(node);
  }

  private async timeOne(redis: Redis): Promise<void> {
    const node = reachedNode(redis);
    if (node === undefined) return;
    const start = performance.now();
    try {
      await redis.ping();
      for (const observe of this.observers) observe((performance.now() - start) / 1000, { node });
    } catch {
      // A lost connection is counted by itself.
    }
  }
}
