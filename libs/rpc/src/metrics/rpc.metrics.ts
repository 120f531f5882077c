import { Counter, Gauge, Histogram, register, type Registry } from 'prom-client';
import type { CallOutcome, RpcCall } from '../engine/rpc-call.interface.js';
import type { RpcEngine } from '../engine/rpc-engine.js';
import type { RpcObserver } from '../engine/rpc-observer.interface.js';

export interface RpcMetricsOptions {
  /** Where the metrics are registered. @default the default registry of prom-client */
  registry?: Registry;
}

/** Prometheus metrics of the RPC server. Labels are bounded: `method` is a registered name, `outcome` one of three. */
export class RpcMetrics implements RpcObserver {
  private readonly startedAt = new WeakMap<RpcCall, number>();
  private readonly calls: Counter<'method' | 'outcome'>;
  private readonly duration: Histogram<'method'>;

  constructor(engine: RpcEngine, { registry = register }: RpcMetricsOptions = {}) {
    const registers = [registry];
    this.calls = new Counter({
      name: 'millrace_rpc_calls_total',
      help: 'RPC calls that ended, by method and outcome (done, failed, cancelled)',
      labelNames: ['method', 'outcome'],
      registers,
    });
    this.duration = new Histogram({
      name: 'millrace_rpc_call_duration_seconds',
      help: 'Time from the arrival of an RPC call to its answer',
      labelNames: ['method'],
      buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
      registers,
    });
    gauge(
      registry,
      'millrace_rpc_sessions',
      'Connected WebSocket clients and running HTTP requests',
      () => engine.sessions.size,
    );
    gauge(registry, 'millrace_rpc_calls_pending', 'RPC calls that wait or run', () =>
      [...engine.sessions].reduce((total, { pending }) => total + pending, 0),
    );
    engine.observe(this);
  }

  callStarted(call: RpcCall): void {
    this.startedAt.set(call, performance.now());
  }

  callEnded(call: RpcCall, outcome: CallOutcome): void {
    const method = call.name;
    this.calls.inc({ method, outcome });
    const started = this.startedAt.get(call);
    if (started !== undefined) this.duration.observe({ method }, (performance.now() - started) / 1000);
  }
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
}
