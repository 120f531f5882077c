import type { RpcProgress } from '@millrace/protocol';
import type { CallId, RpcAnswer } from '../wire/messages.js';

/** A request that waits for its reply. */
export interface PendingCall {
  readonly method: string;
  resolve(reply: RpcAnswer): void;
  reject(error: unknown): void;
  progress(progress: RpcProgress): void;
}

/** How many given-up ids are remembered, so that a late reply is told from a foreign one. */
const REMEMBERED = 10_000;

/** Requests by id. Ids are given upwards and never used again while an answer may still come. */
export class PendingCalls {
  private readonly calls = new Map<CallId, PendingCall>();
  private readonly abandoned = new Set<CallId>();
  private nextId = 1;

  /** The next free id. */
  freshId(): number {
    while (this.has(this.nextId) || this.abandoned.has(this.nextId)) this.nextId += 1;
    return this.nextId++;
  }

  has(id: CallId): boolean {
    return this.calls.has(id);
  }

  /** @throws RangeError when the id is in use, or was given up without an answer so far */
  add(id: CallId, call: PendingCall): void {
    if (this.calls.has(id) || this.abandoned.has(id))
      throw new RangeError(`A request with the id ${JSON.stringify(id)} is running already`);
    this.calls.set(id, call);
  }

  get(id: CallId): PendingCall | undefined {
    return this.calls.get(id);
  }

  /** Takes the call out, for it is answered. */
  take(id: CallId): PendingCall | undefined {
    const call = this.calls.get(id);
    if (call) this.calls.delete(id);
    else this.abandoned.delete(id);
    return call;
  }

  /** Takes a call out whose answer nobody waits for any longer. */
  abandon(id: CallId): PendingCall | undefined {
    const call = this.calls.get(id);
    if (!call) return undefined;
    this.calls.delete(id);
    this.abandoned.add(id);
    const [oldest = id] = this.abandoned;
    if (this.abandoned.size > REMEMBERED) this.abandoned.delete(oldest);
    return call;
  }

  /** Rejects every waiting call. @returns how many there were */
  rejectAll(error: unknown): number {
    const waiting = [...this.calls.values()];
    this.calls.clear();
    for (const call of waiting) call.reject(error);
    return waiting.length;
  }
}
