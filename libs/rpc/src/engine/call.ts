import { RPC_ERROR, startTimer, thrownIs, type Timer } from '@millrace/protocol';
import { setPrincipal, type Principal } from '@millrace/core/security';
import type { RpcMethodDefinition } from './method-table.js';
import { errorText, progressText, resultText } from './reply-text.js';
import { RpcCancelledError, RpcError, RpcTimeoutError } from '../api/rpc.error.js';
import type { RpcId } from '../api/rpc-id.js';
import type {
  CallOutcome,
  ErrorDescriber,
  ReplySink,
  RpcCall,
  RpcObserver,
  RpcSession,
} from './rpc-engine.interface.js';
import { RpcReply } from '../api/rpc-reply.js';

/** The session of a call, which hears of its end. */
interface CallOwner extends RpcSession {
  readonly host: {
    readonly settings: { readonly progressInterval: number };
    readonly observers: readonly RpcObserver[];
    readonly describe: ErrorDescriber;
  };
  finished(call: Call, outcome: CallOutcome): void;
}

/** What came with a request, and where its answer goes. */
interface CallOrigin {
  readonly payload: Buffer | undefined;
  readonly sink: ReplySink;
}

const NO_HEADERS: Readonly<Record<string, never>> = Object.freeze({});

/** One request under way, from its arrival to its answer. */
export class Call implements RpcCall {
  readonly payload: Buffer | undefined;
  private readonly sink: ReplySink;
  /** Why the call is to end; decides its answer once set. */
  private fault: RpcError | undefined;
  private ended = false;
  private amount = 0;
  private progressAt = -Infinity;
  private controller: AbortController | undefined;
  private timer: Timer | undefined;

  constructor(
    readonly session: CallOwner,
    readonly method: RpcMethodDefinition,
    /** Null for a notification, and for a request with `"id": null`. */
    readonly id: RpcId | null,
    /** The id of the reply as JSON; undefined when there will be none. */
    private readonly idJson: string | undefined,
    { payload, sink }: CallOrigin,
  ) {
    this.payload = payload;
    this.sink = sink;
    const { principal } = session.peer;
    if (principal) setPrincipal(this, principal);
  }

  get name(): string {
    return this.method.name;
  }

  get principal(): Principal | undefined {
    return this.session.peer.principal;
  }

  get transport(): string {
    return this.session.peer.transport;
  }

  get ip(): string | undefined {
    return this.session.peer.address;
  }

  get headers(): Readonly<Record<string, never>> {
    return NO_HEADERS;
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.fault) this.controller.abort(this.fault);
    }
    return this.controller.signal;
  }

  get hasEnded(): boolean {
    return this.ended;
  }

  get isAborted(): boolean {
    return this.fault !== undefined;
  }

  progress(operation: string, amount: number): void {
    if (this.fault) throw this.fault;
    const { peer, host } = this.session;
    if (this.ended || !this.method.async || this.idJson === undefined || !peer.push) return;
    this.amount = Math.max(this.amount, Math.min(1, Number(amount) || 0));
    const { progressInterval } = host.settings;
    if (progressInterval > 0) {
      const now = performance.now();
      if (now - this.progressAt < progressInterval) return;
      this.progressAt = now;
    }
    if (this.session.isClosed || peer.congested) return;
    peer.push(progressText(this.idJson, JSON.stringify(this.method.name), String(operation), this.amount));
  }

  /** Notes that the caller wants no answer any more; false when that cannot be, or was said before. */
  requestCancel(): boolean {
    if (this.ended || this.fault || !this.method.async) return false;
    this.fault = new RpcCancelledError();
    return true;
  }

  /** Aborts the signal; the reason decides the answer, unless there is one already. */
  abort(reason: RpcError): void {
    this.fault ??= reason;
    this.controller?.abort(this.fault);
  }

  startTimer(milliseconds: number): void {
    this.timer = startTimer(() => {
      const reason = new RpcTimeoutError(milliseconds);
      this.abort(reason);
      this.end(this.errorJson(reason), 'failed');
    }, milliseconds);
  }

  succeed(value: unknown): void {
    if (this.ended) return;
    if (this.fault || thrownIs(value, RpcError)) {
      this.fail(value);
      return;
    }
    let text: string | undefined;
    let payload: Uint8Array | undefined;
    try {
      const binary = value instanceof RpcReply ? value : undefined;
      payload = binary && bytesOf(binary);
      // The type of JSON.stringify hides that undefined, functions and symbols give undefined (rpc#S8).
      const json = JSON.stringify(binary ? binary.result : value) ?? 'null';
      text = this.idJson === undefined ? undefined : resultText(this.idJson, json);
    } catch (error) {
      this.fail(new Error(`The result of "${this.name}" cannot be written as JSON`, { cause: error }));
      return;
    }
    this.end(text, 'done', payload);
  }

  fail(error: unknown): void {
    if (this.ended) {
      for (const observer of this.session.host.observers) observer.lateRejection?.(this, error);
      return;
    }
    const described = this.fault ?? this.session.host.describe(error, this);
    this.end(this.errorJson(described), this.fault ? 'cancelled' : 'failed');
  }

  /** Ends the call because too many of its method wait. */
  refuse(): void {
    const text = `Too many calls of "${this.name}" are waiting; try again later`;
    this.fail(new RpcError(text, { code: RPC_ERROR.TOO_MANY_REQUESTS }));
  }

  /** Ends the call without asking its handler. */
  dismiss(reason: RpcError): void {
    if (this.ended) return;
    this.abort(reason);
    this.end(this.errorJson(this.fault ?? reason), 'cancelled');
  }

  /** Ends the call of a client that is gone: nothing is answered. */
  drop(reason: RpcError): void {
    if (this.ended) return;
    this.abort(reason);
    this.end(undefined, 'cancelled');
  }

  private errorJson(error: RpcError): string | undefined {
    return this.idJson === undefined ? undefined : errorText(this.idJson, error);
  }

  private end(text: string | undefined, outcome: CallOutcome, payload?: Uint8Array): void {
    if (this.ended) return;
    this.ended = true;
    this.timer?.stop();
    if (text !== undefined) this.sink.reply(text, payload);
    this.session.finished(this, outcome);
  }
}

/** The payload of a reply; undefined for an empty one. @throws TypeError for what is not bytes */
function bytesOf({ payload }: RpcReply): Uint8Array | undefined {
  if (!(payload instanceof Uint8Array)) throw new TypeError('The payload of a reply must be a Uint8Array');
  return payload.length > 0 ? payload : undefined;
}
