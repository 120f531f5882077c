import { isThenable } from '@millrace/protocol';
import { idText, type RpcId } from '../api/rpc-id.js';
import { RpcCancelledError, type RpcError, RpcInvalidParamsError } from '../api/rpc.error.js';
import type { Call } from './call.js';
import type { MethodTable } from './method-table.js';
import type { RpcSession } from './rpc-engine.interface.js';

interface Waiting {
  readonly call: Call;
  readonly params: unknown;
}

/** The calls of one session: a limited number runs at a time, the others wait for a place. */
export class CallQueue {
  /** Calls that are waiting or running and not answered. */
  private readonly calls = new Set<Call>();
  private readonly waiting: Waiting[] = [];
  /** Calls that wait for a place of their method. */
  private readonly gated = new Set<Call>();
  /** Handlers that have not settled. */
  private running = 0;

  constructor(
    private readonly owner: RpcSession,
    private readonly methods: MethodTable,
    private readonly maxRunning: number,
  ) {}

  /** Calls that are not answered. */
  get size(): number {
    return this.calls.size;
  }

  /** Handlers that have begun and not settled. */
  get runningCount(): number {
    return this.running;
  }

  /** Calls that wait for a place. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  /** Runs a call now, or when a place is free. A method with priority does not wait. */
  start(call: Call, params: unknown): void {
    if (this.running < this.maxRunning || call.method.priority) {
      this.admit(call, params);
      return;
    }
    this.calls.add(call);
    this.waiting.push({ call, params });
  }

  /** Called for every call that has ended, also for one that never was in the queue. */
  remove(call: Call): void {
    this.calls.delete(call);
    if (this.gated.delete(call)) this.methods.gateOf(call.method)?.remove(this.owner, call);
  }

  /** @throws RpcInvalidParamsError when no call with the id can be cancelled */
  cancel(id: RpcId | null): void {
    const found = id === null ? [] : [...this.calls].filter((call) => call.id === id && call.requestCancel());
    if (found.length === 0) {
      const name = id === null ? 'null' : idText(id);
      throw new RpcInvalidParamsError([`id: no running request ${name} that can be cancelled`]);
    }
    // Aborted a turn later, so that the answer to `cancel` goes first.
    setImmediate(() => {
      for (const call of found) this.abortCancelled(call);
    });
  }

  /** Answers the calls that wait, and lets the running ones go on. */
  handBack(reason: RpcError): void {
    for (const { call } of this.waiting.splice(0)) call.dismiss(reason);
    for (const call of [...this.gated]) call.dismiss(reason);
  }

  /** Answers every call without waiting for its handler. */
  dismiss(reason: RpcError): void {
    for (const call of [...this.calls]) call.dismiss(reason);
  }

  /** Ends every call without an answer. */
  drop(reason: RpcError): void {
    this.waiting.length = 0;
    for (const call of [...this.calls]) call.drop(reason);
  }

  /** Runs a call, once its method has a place for it. */
  private admit(call: Call, params: unknown): void {
    const gate = this.methods.gateOf(call.method);
    if (!gate) {
      this.run(call, params);
      return;
    }
    this.calls.add(call);
    this.gated.add(call);
    const run = (): void => {
      this.gated.delete(call);
      this.run(call, params, () => gate.leave(this.owner));
    };
    if (!gate.start(this.owner, call, run)) call.refuse();
  }

  /** @param left called once the handler has settled */
  private run(call: Call, params: unknown, left?: () => void): void {
    const { method } = call;
    let result: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      result = method.invoke(params, call);
      if (isThenable(result)) promise = Promise.resolve(result);
    } catch (error) {
      call.fail(error);
      left?.();
      return;
    }
    if (!promise) {
      call.succeed(result);
      left?.();
      return;
    }
    this.calls.add(call);
    this.running += 1;
    if (method.timeout > 0) call.startTimer(method.timeout);
    promise.then(
      (value) => {
        call.succeed(value);
        left?.();
        this.settled();
      },
      (error: unknown) => {
        call.fail(error);
        left?.();
        this.settled();
      },
    );
  }

  private settled(): void {
    this.running -= 1;
    while (this.waiting.length > 0 && this.running < this.maxRunning) {
      const next = this.waiting.shift();
      if (next && !next.call.hasEnded) this.admit(next.call, next.params);
    }
  }

  private abortCancelled(call: Call): void {
    const at = this.waiting.findIndex((waiting) => waiting.call === call);
    const reason = new RpcCancelledError();
    if (at < 0 && !this.gated.has(call)) {
      call.abort(reason);
      return;
    }
    if (at >= 0) this.waiting.splice(at, 1);
    call.dismiss(reason);
  }
}
