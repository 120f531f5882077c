import { effect, signal } from '@preact/signals';
import { session } from '../../../app/session.js';

/** Calls that are kept. */
export const MOST_CALLS = 50;

/** Bytes of a payload that are kept, so that the call can be made again. */
const KEPT_PAYLOAD = 1_000_000;

/** What a method was called with. */
export interface CallRequest {
  readonly method: string;
  readonly params: readonly unknown[] | object | undefined;
  /** Bytes that went with it. */
  readonly binary: Uint8Array<ArrayBuffer> | undefined;
}

/** How a call went. */
export type CallEnd = 'running' | 'answered' | 'failed' | 'cancelled';

/** One call of this visit. */
export interface PastCall extends CallRequest {
  /** Tells it from the others. */
  readonly number: number;
  readonly at: Date;
  readonly end: CallEnd;
  /** From the call to its end. */
  readonly milliseconds?: number;
  /** Why it has failed. */
  readonly reason?: string;
  /** Bytes that went with it; more than a few are not kept. */
  readonly size: number;
}

/** The calls of this visit, newest first; nothing of them outlives it. */
export const calls = signal<readonly PastCall[]>([]);

/** A call that is to be made again: the form of its method takes it up. */
export const again = signal<PastCall | undefined>(undefined);

let next = 0;
let subject: string | undefined;

// What one user has called is not for the next one.
effect(() => {
  const now = session.value?.subject;
  if (now === subject) return;
  subject = now;
  calls.value = [];
  again.value = undefined;
});

/** Remembers a call. @returns its number */
export function remember({ binary, ...request }: CallRequest): number {
  const size = binary?.length ?? 0;
  const call: PastCall = {
    ...request,
    binary: size <= KEPT_PAYLOAD ? binary : undefined,
    size,
    number: (next += 1),
    at: new Date(),
    end: 'running',
  };
  calls.value = [call, ...calls.peek()].slice(0, MOST_CALLS);
  return call.number;
}

/** Says how a call has ended. */
export function ended(number: number, how: Pick<PastCall, 'end' | 'milliseconds' | 'reason'>): void {
  calls.value = calls.peek().map((call) => (call.number === number ? { ...call, ...how } : call));
}

/** Whether everything that went with it is still there. */
export function isComplete({ binary, size }: PastCall): boolean {
  return size === (binary?.length ?? 0);
}
