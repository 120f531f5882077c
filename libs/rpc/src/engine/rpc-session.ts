import { BatchSink } from './batch-sink.js';
import { decodeBinaryFrame } from './binary-frame.js';
import { RPC_ERROR } from '../api/error-codes.js';
import type { RpcMethodDefinition } from './method-table.js';
import { MessageSource } from './message-source.js';
import { nestedDeeperThan } from './nesting.js';
import { isPlainRequest, readRequest, type RpcRequest } from './read-request.js';
import { errorText, PARSE_ERROR, rpcErrorText } from './reply-text.js';
import { RpcCall, type CallOutcome } from './rpc-call.js';
import type { RpcEngine } from './rpc-engine.js';
import { RpcDisconnectedError, RpcError, RpcInvalidParamsError, RpcShutdownError } from '../api/rpc.error.js';
import { idText, type RpcId } from '../api/rpc-id.js';
import type { ReplySink, RpcPeer } from './rpc-peer.interface.js';

interface Waiting {
  readonly call: RpcCall;
  readonly params: unknown;
}

/**
 * One client's connection, or one HTTP request: turns messages into calls and answers each once. Ids are private to a
 * session (rpc#S39).
 */
export class RpcSession {
  /** Calls that are waiting or running and not answered. */
  private readonly calls = new Set<RpcCall>();
  private readonly waiting: Waiting[] = [];
  /** Handlers that have not settled. */
  private running = 0;
  private state: 'open' | 'draining' | 'closed' = 'open';
  private released = false;
  private idle: (() => void) | undefined;
  private readonly closeHandlers: (() => void)[] = [];

  constructor(
    readonly engine: RpcEngine,
    readonly peer: RpcPeer,
  ) {}

  get isClosed(): boolean {
    return this.state === 'closed';
  }

  /** Calls that are not answered. */
  get pending(): number {
    return this.calls.size;
  }

  /**
   * Takes a text message.
   *
   * @param sink gets the answer
   * @returns whether there will be an answer
   */
  receiveText(text: string, sink: ReplySink, payload?: Buffer): boolean {
    if (this.released) return false;
    const { maxTextLength, maxDepth, maxBatch } = this.engine.settings;
    if (text.length > maxTextLength) {
      return refuse(sink, 'null', [`the message is longer than ${maxTextLength} characters`]);
    }
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      // Whatever is wrong with the text, the answer is the same.
      sink.reply(PARSE_ERROR);
      return true;
    }
    // Each level takes two characters at least: a short text need not be looked at.
    if (text.length > 2 * maxDepth && nestedDeeperThan(message, maxDepth)) {
      const request = readRequest(message, new MessageSource(text), -1);
      return refuse(sink, replyId(request), [`the message is nested deeper than ${maxDepth} levels`]);
    }
    if (!Array.isArray(message)) return this.start(message, text, -1, sink, payload);
    if (payload) return refuse(sink, 'null', ['invalid type, expected object got array']);
    if (message.length === 0) return refuse(sink, 'null', ['the batch is empty']);
    if (message.length > maxBatch) return refuse(sink, 'null', [`the batch has more than ${maxBatch} entries`]);
    return this.startBatch(message, text, sink);
  }

  /** Takes a binary frame (rpc§6). */
  receiveBinary(frame: Buffer, sink: ReplySink): boolean {
    if (this.released) return false;
    const message = decodeBinaryFrame(frame);
    if (!message) {
      sink.reply(PARSE_ERROR);
      return true;
    }
    return this.receiveText(message.text, sink, message.payload);
  }

  /**
   * Cancels calls of this session by id (rpc§9.2).
   *
   * @throws RpcError -32602 when there is none that can be cancelled
   */
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

  /** Ends the session of a client that is gone: waiting calls never run, running ones are aborted. */
  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.engine.sessions.delete(this);
    this.waiting.length = 0;
    const reason = new RpcDisconnectedError();
    for (const call of [...this.calls]) call.drop(reason);
    for (const handler of this.closeHandlers) handler();
  }

  /** Attaches a handler that runs once, when the session has ended. */
  onClose(handler: () => void): void {
    this.closeHandlers.push(handler);
  }

  /** Says that no message will come, or be taken, any more: the session closes once its calls have ended. */
  release(): void {
    this.released = true;
    if (this.calls.size === 0) this.close();
  }

  /** Takes no more requests, aborts what can be, and resolves when all is answered. */
  async drain(): Promise<void> {
    if (this.state !== 'open') return;
    this.state = 'draining';
    const reason = new RpcShutdownError();
    for (const { call } of this.waiting.splice(0)) call.dismiss(reason);
    for (const call of this.calls) if (call.method.async) call.abort(reason);
    if (this.calls.size > 0) await new Promise<void>((resolve) => (this.idle = resolve));
  }

  /** Answers what is still under way without asking its handlers. */
  abandon(): void {
    const reason = new RpcShutdownError();
    for (const call of [...this.calls]) call.dismiss(reason);
  }

  /** Called by a call when it ends. */
  finished(call: RpcCall, outcome: CallOutcome): void {
    this.calls.delete(call);
    this.engine.noteEnd(call, outcome);
    // The reply is written in this turn; the socket may be closed in the next.
    if (this.calls.size > 0) return;
    if (this.idle) setImmediate(this.idle);
    if (this.released) this.close();
  }

  private startBatch(entries: readonly unknown[], text: string, sink: ReplySink): boolean {
    const batch = new BatchSink(sink);
    let answers = false;
    for (let index = 0; index < entries.length; index += 1) {
      if (!this.start(entries[index], text, index, batch, undefined, batch)) continue;
      answers = true;
    }
    batch.close();
    return answers;
  }

  /** Starts one request; answers whether a reply will come. */
  private start(
    message: unknown,
    text: string,
    entry: number,
    sink: ReplySink,
    payload: Buffer | undefined,
    batch?: BatchSink,
  ): boolean {
    let request: RpcRequest;
    if (isPlainRequest(message)) request = message;
    else {
      const read = readRequest(message, new MessageSource(text), entry);
      if ('violations' in read) {
        batch?.expect();
        return refuse(sink, read.idJson, read.violations);
      }
      request = read;
    }
    const id = request.id ?? undefined;
    const idJson =
      id === undefined ? (request.id === null && this.engine.settings.answerNullIds ? 'null' : undefined) : idText(id);
    if (idJson !== undefined) batch?.expect();
    this.dispatch(request, text, entry, id, idJson, sink, payload);
    return idJson !== undefined;
  }

  private dispatch(
    request: RpcRequest,
    text: string,
    entry: number,
    id: RpcId | undefined,
    idJson: string | undefined,
    sink: ReplySink,
    payload: Buffer | undefined,
  ): void {
    const method = this.engine.methods.get(request.method);
    const refusal = method ? this.refusal(method, request.params) : METHOD_NOT_FOUND;
    if (!method || refusal) {
      if (idJson !== undefined) sink.reply(rpcErrorText(idJson, refusal ?? METHOD_NOT_FOUND));
      return;
    }
    const call = new RpcCall(this, method, id, idJson, payload, sink);
    this.engine.noteStart(call);
    const params = method.priority ? withExactId(request.params, text, entry) : request.params;
    if (this.running >= this.engine.settings.maxRunningCalls && !method.priority) {
      this.calls.add(call);
      this.waiting.push({ call, params });
    } else this.run(call, params);
  }

  /** Why a known method is not run. */
  private refusal(method: RpcMethodDefinition, params: unknown): RpcError | undefined {
    if (this.state !== 'open' || this.engine.isClosing) return new RpcShutdownError();
    if (!method.params && params !== undefined && params !== null) {
      const lenient = this.engine.settings.lenientParams && Object.keys(params).length === 0;
      if (!lenient) return new RpcInvalidParamsError(['the method takes no params']);
    }
    if (this.waiting.length >= this.engine.settings.maxWaitingCalls && !method.priority) {
      return new RpcError('Too many requests are waiting', { code: RPC_ERROR.TOO_MANY_REQUESTS });
    }
    return undefined;
  }

  private run(call: RpcCall, params: unknown): void {
    const { method } = call;
    let result: unknown;
    let promise: Promise<unknown> | undefined;
    try {
      result = method.invoke(params, call);
      promise = asPromise(result);
    } catch (error) {
      call.fail(error);
      return;
    }
    if (!promise) {
      call.succeed(result);
      return;
    }
    this.calls.add(call);
    this.running += 1;
    if (method.timeout > 0) call.startTimer(method.timeout);
    promise.then(
      (value) => {
        call.succeed(value);
        this.settled();
      },
      (error: unknown) => {
        call.fail(error);
        this.settled();
      },
    );
  }

  private settled(): void {
    this.running -= 1;
    while (this.waiting.length > 0 && this.running < this.engine.settings.maxRunningCalls) {
      const next = this.waiting.shift();
      if (next && !next.call.hasEnded) this.run(next.call, next.params);
    }
  }

  private abortCancelled(call: RpcCall): void {
    const at = this.waiting.findIndex((waiting) => waiting.call === call);
    const reason = new RpcError('The request was cancelled', { code: RPC_ERROR.CANCELLED });
    if (at < 0) {
      call.abort(reason);
      return;
    }
    this.waiting.splice(at, 1);
    call.dismiss(reason);
  }
}

const METHOD_NOT_FOUND = new RpcError('Method not found', { code: RPC_ERROR.METHOD_NOT_FOUND });

/** The promise a handler returned; anything with a `then` of its own is contained in one. */
function asPromise(value: unknown): Promise<unknown> | undefined {
  if (value instanceof Promise) return value;
  const then: unknown = typeof value === 'object' && value !== null && (value as { then?: unknown }).then;
  return typeof then === 'function' ? Promise.resolve(value) : undefined;
}

function refuse(sink: ReplySink, idJson: string, violations: readonly string[]): true {
  const data = violations.length > 0 ? violations : undefined;
  sink.reply(errorText(idJson, RPC_ERROR.INVALID_REQUEST, 'Invalid Request', data));
  return true;
}

function replyId(request: ReturnType<typeof readRequest>): string {
  if ('violations' in request) return request.idJson;
  return request.id === null || request.id === undefined ? 'null' : idText(request.id);
}

/** Puts the digits back into `params.id`, which `cancel` needs. */
function withExactId(params: unknown, text: string, entry: number): unknown {
  const id: unknown = (params as { id?: unknown } | null | undefined)?.id;
  if (typeof id !== 'number' || Number.isSafeInteger(id)) return params;
  return { ...(params as object), id: new MessageSource(text).paramsId(entry) ?? null };
}
