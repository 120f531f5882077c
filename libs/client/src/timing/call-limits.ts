import { type Duration, startTimer, type Timer } from '@millrace/protocol';
import { RequestTimeoutError } from '../errors/call.errors.js';
import { milliseconds } from '../settings/read-setting.js';

/** What ends a wait early. */
export interface CallLimits {
  /** How long to wait at most; 0: without end. @default the client's `timeout` */
  timeout?: Duration | undefined;
  /** Rejects with its reason when aborted. */
  signal?: AbortSignal | undefined;
}

/** A signal that is aborted by any of several, or by a deadline. */
export interface MergedSignal {
  readonly signal: AbortSignal;
  /** Starts the deadline anew. */
  restart(): void;
  /** Lets no time pass until it is started anew: somebody else's turn. */
  stop(): void;
  /** Nothing stays behind. */
  dispose(): void;
}

/**
 * Merges signals and a deadline. By hand: `AbortSignal.any` keeps what it made for as long as its sources live in some
 * versions of Node, and those of a client live long.
 *
 * @param late the reason when the deadline passes
 */
export function mergeSignals(
  sources: readonly (AbortSignal | undefined)[],
  timeout = 0,
  late: () => Error = () => new Error('Too late'),
): MergedSignal {
  const merged = new AbortController();
  let timer: Timer | undefined;
  const forget: (() => void)[] = [];
  const dispose = (): void => {
    timer?.stop();
    for (const one of forget.splice(0)) one();
  };
  const end = (reason: unknown): void => {
    dispose();
    merged.abort(reason);
  };
  const restart = (): void => {
    if (!(timeout > 0) || merged.signal.aborted) return;
    if (timer) timer.restart();
    else timer = startTimer(() => end(late()), timeout);
  };
  allowManyListeners(merged.signal);
  for (const source of sources) {
    if (!source) continue;
    const onAbort = (): void => end(source.reason);
    if (source.aborted) {
      end(source.reason);
      break;
    }
    allowManyListeners(source);
    source.addEventListener('abort', onAbort, { once: true });
    forget.push(() => source.removeEventListener('abort', onAbort));
  }
  restart();
  return { signal: merged.signal, restart, stop: () => timer?.stop(), dispose };
}

/**
 * Runs something under the caller's limits, and while `closed` is not aborted.
 *
 * @throws RequestTimeoutError when the time is over; the signal's reason
 */
export async function withinLimits<T>(
  what: string,
  { timeout, signal, closed }: CallLimits & { closed?: AbortSignal },
  defaultTimeout: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = timeout === undefined ? defaultTimeout : milliseconds('timeout', timeout);
  const merged = mergeSignals([closed, signal], limit, () => new RequestTimeoutError(what, limit));
  try {
    merged.signal.throwIfAborted();
    return await run(merged.signal);
  } finally {
    merged.dispose();
  }
}

/**
 * Waits within the caller's limits for a promise that goes on by itself then. Its failure counts as heard of: who does not
 * wait hears of it elsewhere.
 */
export function waitWithin<T>(what: string, limits: CallLimits | undefined, promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  if (!limits?.signal && limits?.timeout === undefined) return promise;
  const limited = withinLimits(what, limits, 0, (signal) => untilAborted(promise, signal));
  limited.catch(() => undefined);
  return limited;
}

/** Waits for a promise, or rejects with the signal's reason; the promise goes on by itself then. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  // Nobody may be left to hear of its failure.
  promise.catch(() => undefined);
  signal.throwIfAborted();
  let onAbort: () => void = () => undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_resolve, reject) => {
        onAbort = () => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

interface EventsModule {
  setMaxListeners(most: number, ...targets: AbortSignal[]): void;
}

/**
 * Lets any number of waits listen to one signal: Node takes more than ten for a leak, and says so. There is nothing to do in
 * browsers.
 */
export function allowManyListeners(signal: AbortSignal): void {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  (process?.getBuiltinModule?.('node:events') as EventsModule | undefined)?.setMaxListeners(0, signal);
}
