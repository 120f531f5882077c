import { RPC_ERROR, splitBinaryFrame } from '@millrace/protocol';
import { idText, type RpcId } from '../api/rpc-id.js';
import { RpcDisconnectedError, RpcError, RpcInvalidParamsError, RpcShutdownError } from '../api/rpc.error.js';
import type { RpcSettings } from '../rpc.options.js';
import { BatchSink } from './batch-sink.js';
import { Call } from './call.js';
import { CallQueue } from './call-queue.js';
import { idInText } from './id-in-text.js';
import type { MethodTable, RpcMethodDefinition } from './method-table.js';
import { readMessage, RefusedMessage } from './read-message.js';
import { isPlainRequest, readRequest, type RpcRequest } from './read-request.js';
import { errorText, invalidRequestText, PARSE_ERROR } from './reply-text.js';
import type {
  CallOutcome,
  ErrorDescriber,
  ReplySink,
  RpcObserver,
  RpcPeer,
  RpcSession,
} from './rpc-engine.interface.js';

/** What a session needs of its engine. */
export interface SessionHost {
  readonly methods: MethodTable;
  readonly settings: RpcSettings;
  readonly sessions: Set<RpcSession>;
  readonly observers: readonly RpcObserver[];
  readonly describe: ErrorDescriber;
  /** Whether requests are refused because the server is shutting down. */
  readonly isClosing: boolean;
}

/** One request of a message: where it stands, and where its answer goes. */
interface Arrival {
  /** The text of the whole message. */
  readonly text: string;
  /** Place in a batch, -1 outside. */
  readonly entry: number;
  readonly sink: ReplySink;
  readonly payload: Buffer | undefined;
  readonly batch: BatchSink | undefined;
}

/** A session of {@link RpcEngine}: reads messages, checks the requests in them, and starts a call for each. */
export class Session implements RpcSession {
  private readonly calls: CallQueue;
  private state: 'open' | 'draining' | 'closed' = 'open';
  private released = false;
  private idle: (() => void) | undefined;
  private readonly closeHandlers: (() => void)[] = [];

  constructor(
    readonly host: SessionHost,
    readonly peer: RpcPeer,
  ) {
    this.calls = new CallQueue(this, host.methods, host.settings.maxRunningCalls);
  }

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  get pending(): number {
    return this.calls.size;
  }

  get running(): number {
    return this.calls.runningCount;
  }

  receiveText(text: string, sink: ReplySink, payload?: Buffer): boolean {
    if (this.released) return false;
    const message = readMessage(text, payload !== undefined, this.host.settings);
    if (message instanceof RefusedMessage) {
      sink.reply(message.reply);
      return true;
    }
    if (Array.isArray(message)) return this.startBatch(message, text, sink);
    return this.start(message, { text, entry: -1, sink, payload, batch: undefined });
  }

  receiveBinary(frame: Buffer, sink: ReplySink): boolean {
    if (this.released) return false;
    const message = splitBinaryFrame(frame);
    if (!message) {
      sink.reply(PARSE_ERROR);
      return true;
    }
    return this.receiveText(message.text, sink, message.payload);
  }

  cancel(id: RpcId | null): void {
    this.calls.cancel(id);
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.host.sessions.delete(this);
    this.calls.drop(new RpcDisconnectedError());
    for (const handler of this.closeHandlers) handler();
  }

  onClose(handler: () => void): void {
    this.closeHandlers.push(handler);
  }

  release(): void {
    this.released = true;
    if (this.calls.size === 0) this.close();
  }

  async drain(deadline: AbortSignal): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'draining';
    this.calls.handBack(new RpcShutdownError(false));
    if (this.calls.size === 0) return;
    const idle = new Promise<void>((resolve) => (this.idle = resolve));
    const late = (): void => this.calls.dismiss(new RpcShutdownError(true));
    if (deadline.aborted) late();
    else deadline.addEventListener('abort', late);
    await idle;
  }

  /** Called by a call when it ends. */
  finished(call: Call, outcome: CallOutcome): void {
    this.calls.remove(call);
    for (const observer of this.host.observers) observer.callEnded?.(call, outcome);
    // The reply is written in this turn; the socket may be closed in the next.
    if (this.calls.size > 0) return;
    if (this.idle) setImmediate(this.idle);
    if (this.released) this.close();
  }

  private startBatch(entries: readonly unknown[], text: string, sink: ReplySink): boolean {
    const batch = new BatchSink(sink);
    let answers = false;
    for (let entry = 0; entry < entries.length; entry += 1) {
      if (!this.start(entries[entry], { text, entry, sink: batch, payload: undefined, batch })) continue;
      answers = true;
    }
    batch.close();
    return answers;
  }

  /** Starts one request. @returns whether a reply will come */
  private start(message: unknown, arrival: Arrival): boolean {
    let request: RpcRequest;
    if (isPlainRequest(message)) request = message;
    else {
      const read = readRequest(message, arrival.text, arrival.entry);
      if ('violations' in read) {
        arrival.batch?.expect();
        arrival.sink.reply(invalidRequestText(read.idJson, read.violations));
        return true;
      }
      request = read;
    }
    const idJson = this.replyId(request);
    if (idJson !== undefined) arrival.batch?.expect();
    this.dispatch(request, idJson, arrival);
    return idJson !== undefined;
  }

  /** The id of the reply as JSON; undefined when the request gets none. */
  private replyId({ id }: RpcRequest): string | undefined {
    if (id !== undefined && id !== null) return idText(id);
    return id === null && this.host.settings.answerNullIds ? 'null' : undefined;
  }

  private dispatch(request: RpcRequest, idJson: string | undefined, arrival: Arrival): void {
    const method = this.host.methods.get(request.method);
    const refusal = method ? this.refusal(method, request.params) : METHOD_NOT_FOUND;
    if (!method || refusal) {
      if (idJson !== undefined) arrival.sink.reply(errorText(idJson, refusal ?? METHOD_NOT_FOUND));
      return;
    }
    const call = new Call(this, method, request.id ?? null, idJson, arrival);
    for (const observer of this.host.observers) observer.callStarted?.(call);
    this.calls.start(call, method.priority ? withExactId(request.params, arrival) : request.params);
  }

  /** Why a known method is not run. */
  private refusal(method: RpcMethodDefinition, params: unknown): RpcError | undefined {
    const { isClosing, settings } = this.host;
    if (this.state !== 'open' || isClosing) return new RpcShutdownError(false);
    if (!method.params && params !== undefined && params !== null) {
      const lenient = settings.lenientParams && Object.keys(params).length === 0;
      if (!lenient) return new RpcInvalidParamsError(['the method takes no params']);
    }
    if (this.calls.waitingCount >= settings.maxWaitingCalls && !method.priority) {
      return new RpcError(
        `${settings.maxWaitingCalls} requests of this client are waiting already; wait for their answers`,
        { code: RPC_ERROR.TOO_MANY_REQUESTS },
      );
    }
    return undefined;
  }
}

const METHOD_NOT_FOUND = new RpcError('Method not found', { code: RPC_ERROR.METHOD_NOT_FOUND });

/** Puts the digits back into `params.id`, which `cancel` needs. */
function withExactId(params: unknown, { text, entry }: Arrival): unknown {
  const id: unknown = (params as { id?: unknown } | null | undefined)?.id;
  if (typeof id !== 'number' || Number.isSafeInteger(id)) return params;
  return { ...(params as object), id: idInText(text, entry, 'params', 'id') ?? null };
}
