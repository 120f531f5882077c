import { callOut, RPC_ERROR, thrownText } from '@millrace/protocol';
import { JsonRpcError } from '../../errors/call.errors.js';
import { ProtocolError } from '../../errors/connection.errors.js';
import type { EventLog } from '../logger.js';
import type { RpcErrorReply, CallId, RpcNotification } from '../wire/messages.js';
import { parseBinary, parseText, type Incoming } from '../wire/parse-message.js';
import type { PendingCalls } from './pending-calls.js';

/** Codes by which a server refuses a message as a whole. */
const REFUSED_AS_A_WHOLE = new Set<number>([RPC_ERROR.PARSE, RPC_ERROR.INVALID_REQUEST]);

/** Brings incoming messages to the requests they belong to. What belongs to none is logged and fails nobody. */
export class IncomingDispatcher {
  private readonly listeners = new Set<(notification: RpcNotification) => void>();
  private readonly batches = new Set<readonly CallId[]>();

  constructor(
    private readonly pending: PendingCalls,
    private readonly log: EventLog,
    private readonly failAllOnGeneralError: boolean,
  ) {}

  onNotification(listener: (notification: RpcNotification) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Remembers which requests went out together. */
  expectBatch(ids: readonly CallId[]): void {
    this.forgetAnsweredBatches();
    if (ids.length > 0) this.batches.add(ids);
  }

  receive(data: string | Uint8Array): void {
    const { log } = this;
    log.info(() => `Frame received: ${data.length} ${typeof data === 'string' ? 'characters' : 'bytes'}`);
    log.debug(() => `Frame received: ${log.cut(data)}`);
    const incoming = typeof data === 'string' ? parseText(data) : parseBinary(data);
    log.debug(() => `Frame parsed: ${log.cut(data)}`);
    if (Array.isArray(incoming)) this.receiveBatch(incoming);
    else this.handle(incoming);
  }

  private receiveBatch(replies: readonly Incoming[]): void {
    if (replies.length === 0) this.log.error(() => 'Invalid message: an empty array');
    const answered = new Set(replies.map((reply) => ('id' in reply ? reply.id : undefined)));
    const batch = [...this.batches].find((ids) => ids.some((id) => answered.has(id)));
    for (const reply of replies) {
      if (reply.kind === 'error' && reply.id === null && batch) this.rejectOneOf(batch, answered, reply);
      else this.handle(reply);
    }
    this.forgetAnsweredBatches();
  }

  private handle(incoming: Incoming): void {
    const { log } = this;
    switch (incoming.kind) {
      case 'reply': {
        log.info(() => `Reply to ${JSON.stringify(incoming.id)}`);
        log.debug(
          () => `Result: ${log.cut(JSON.stringify(incoming.result))}; binary payload: ${incoming.binary.length} bytes`,
        );
        const { id, result, binary } = incoming;
        if (id !== null) this.pending.take(id)?.resolve({ id, result, binary });
        return;
      }
      case 'error':
        this.handleError(incoming);
        return;
      case 'progress': {
        const { id, operation, amount } = incoming;
        log.info(() => `Progress of ${JSON.stringify(id)}: ${operation} ${Math.round(amount * 100)} %`);
        this.guard('progress', () => this.pending.get(id)?.progress({ id, operation, amount }));
        return;
      }
      case 'notification':
        this.handleNotification(incoming);
        return;
      case 'invalid':
        log.error(() => `Invalid message: ${incoming.problem}`);
        if (incoming.id !== undefined)
          this.pending.take(incoming.id)?.reject(new ProtocolError(`The answer is not valid: ${incoming.problem}`));
    }
  }

  private handleError(reply: RpcErrorReply): void {
    const { id } = reply;
    this.log.info(() => describeError(reply));
    if (id !== null) {
      this.pending.take(id)?.reject(toError(reply, id));
      return;
    }
    this.forgetAnsweredBatches();
    const [batch, ...others] = this.batches;
    if (this.failAllOnGeneralError) this.pending.rejectAll(toError(reply, null));
    else if (batch && others.length === 0 && REFUSED_AS_A_WHOLE.has(reply.code)) this.rejectBatch(batch, reply);
    else this.log.error(() => `Error that belongs to no request: ${describeError(reply)}`);
  }

  /** The server refused the whole batch: our single requests are well-formed, so it can mean nothing else. */
  private rejectBatch(batch: readonly CallId[], reply: RpcErrorReply): void {
    for (const id of batch) this.pending.take(id)?.reject(toError(reply, null));
    this.forgetAnsweredBatches();
  }

  /** An entry refused without its id: it is one of those which this answer leaves open. */
  private rejectOneOf(batch: readonly CallId[], answered: ReadonlySet<unknown>, reply: RpcErrorReply): void {
    this.log.info(() => describeError(reply));
    const open = batch.find((id) => !answered.has(id) && this.pending.has(id));
    if (open !== undefined) this.pending.take(open)?.reject(toError(reply, null));
  }

  private handleNotification({ method, params }: RpcNotification): void {
    if (this.listeners.size === 0)
      this.log.error(() => `Invalid message: a notification ("${method}") nobody listens to`);
    for (const listener of this.listeners) this.guard('notification', () => listener({ method, params }));
  }

  /** A listener that throws, or rejects, must not end the process. */
  private guard(what: string, listener: () => unknown): void {
    callOut(listener, (error) => this.log.error(() => `A ${what} listener failed: ${thrownText(error)}`));
  }

  private forgetAnsweredBatches(): void {
    for (const batch of this.batches) if (!batch.some((id) => this.pending.has(id))) this.batches.delete(batch);
  }
}

function toError({ code, message, data }: RpcErrorReply, id: CallId | null): JsonRpcError {
  return new JsonRpcError(id, code, message, data);
}

function describeError({ id, code, message, data }: RpcErrorReply): string {
  return `Error ${code} for ${JSON.stringify(id)}: ${message}${data === undefined ? '' : ` (${JSON.stringify(data)})`}`;
}
