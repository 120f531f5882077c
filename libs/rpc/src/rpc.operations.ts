import type { Notice, OperationsPart } from '@millrace/core/ops';
import type { RpcCall } from './engine/rpc-engine.interface.js';
import type { RpcEngine } from './engine/rpc-engine.js';
import type { RpcSettings } from './rpc.options.js';

const SECONDS = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60];

const EXPOSED: Notice = {
  code: 'RPC_EXPOSES_ERRORS',
  level: 'warning',
  text: 'Callers of RPC methods get the text of unforeseen errors, which may hold secrets',
  remedy: 'Leave out exposeErrors: true of RpcModule',
};

/** Health and metrics of the RPC server. Labels are bounded: `method` is a registered name, `outcome` one of three. */
export function rpcOperations(engine: RpcEngine, { exposeErrors }: Pick<RpcSettings, 'exposeErrors'>): OperationsPart {
  const sum = (figure: 'pending' | 'running') => (): number =>
    [...engine.sessions].reduce((total, session) => total + session[figure], 0);
  const pending = sum('pending');
  return {
    name: 'rpc',
    health: () => ({
      status: 'up',
      details: { methods: engine.methods.all().length, clients: engine.sessions.size, calls: pending() },
    }),
    notices: () => (exposeErrors ? [EXPOSED] : []),
    metrics: [
      {
        type: 'counter',
        name: 'millrace_rpc_calls_total',
        help: 'RPC calls that ended, by method and outcome (done, failed, cancelled)',
        labels: ['method', 'outcome'],
        subscribe: (add) => engine.observe({ callEnded: ({ name }, outcome) => add(1, { method: name, outcome }) }),
      },
      {
        type: 'histogram',
        name: 'millrace_rpc_call_duration_seconds',
        help: 'Time from the arrival of an RPC call to its answer',
        labels: ['method'],
        buckets: SECONDS,
        subscribe: (observe) => timeCalls(engine, observe),
      },
      {
        type: 'gauge',
        name: 'millrace_rpc_sessions',
        help: 'Connected WebSocket clients and running HTTP requests',
        read: () => engine.sessions.size,
      },
      { type: 'gauge', name: 'millrace_rpc_calls_pending', help: 'RPC calls that wait or run', read: pending },
      { type: 'gauge', name: 'millrace_rpc_calls_running', help: 'RPC calls that run', read: sum('running') },
    ],
  };
}

function timeCalls(engine: RpcEngine, observe: (seconds: number, labels: { readonly method: string }) => void): void {
  const startedAt = new WeakMap<RpcCall, number>();
  engine.observe({
    callStarted: (call) => void startedAt.set(call, performance.now()),
    callEnded: (call) => {
      const start = startedAt.get(call);
      if (start !== undefined) observe((performance.now() - start) / 1000, { method: call.name });
    },
  });
}
