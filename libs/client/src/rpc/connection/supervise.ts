import { startTimer } from '@millrace/protocol';
import { RequestTimeoutError } from '../../errors/call.errors.js';
import { milliseconds } from '../../settings/read-setting.js';
import type { CallOptions } from '../rpc-caller.interface.js';

/** What ends the wait for a reply early. */
export interface Limits {
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly cancel: boolean;
}

/** Reads the options that limit a call. @throws the signal's reason when it is aborted already; ConfigurationError */
export function readLimits(options: CallOptions, defaultTimeout: number): Limits {
  options.signal?.throwIfAborted();
  const timeout = options.timeout === undefined ? defaultTimeout : milliseconds('timeout', options.timeout);
  return { timeout, signal: options.signal, cancel: options.cancelOnAbort ?? false };
}

/**
 * Watches over one request; nothing of it stays behind once `reply` is settled.
 *
 * @param giveUp called with the reason when the time is over or the signal is aborted
 */
export function supervise<T>(
  reply: Promise<T>,
  method: string,
  { timeout, signal }: Limits,
  giveUp: (reason: unknown) => void,
): Promise<T> {
  if (timeout === 0 && !signal) return reply;
  const onAbort = (): void => giveUp(signal?.reason);
  const timer = timeout > 0 ? startTimer(() => giveUp(new RequestTimeoutError(method, timeout)), timeout) : undefined;
  signal?.addEventListener('abort', onAbort, { once: true });
  return reply.finally(() => {
    timer?.stop();
    signal?.removeEventListener('abort', onAbort);
  });
}
