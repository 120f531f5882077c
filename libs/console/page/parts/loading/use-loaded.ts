import { Backoff, startTimer, type Timer } from '@millrace/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Reachability } from '../../app/connection.js';
import { endIfRefused } from '../../app/session.js';
import { isTemporary } from './is-temporary.js';

/** What was asked of the server, as far as it is known. */
export interface Loaded<Value> {
  /** The last answer; it stays while a later one fails. */
  readonly value: Value | undefined;
  /** Why the last question has no answer. */
  readonly error: unknown;
  /** Asks again now. */
  readonly reload: () => void;
}

interface LoadOptions {
  /** Asks again after so many milliseconds, counted from an answer; without it once. Nothing is asked of a page that is not seen. */
  readonly every?: number;
}

/**
 * Asks the server, again and again where that is wanted, until the component goes away. While the server does not answer, the
 * shell says so, and the last answer stays.
 *
 * @param dependencies asks anew, and forgets what was known, when one of them changes
 */
export function useLoaded<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  dependencies: readonly unknown[],
  { every }: LoadOptions = {},
): Loaded<Value> {
  const [state, setState] = useState<{ value?: Value; error?: unknown; of: readonly unknown[] }>({ of: dependencies });
  const again = useRef<() => void>(() => undefined);

  useEffect(() => {
    const ended = new AbortController();
    const reachability = new Reachability();
    const backoff = new Backoff({ initial: 250, max: 5000 });
    let timer: Timer | undefined;
    let asking = false;
    let isStale = false;

    const ask = async (): Promise<void> => {
      timer?.stop();
      if (ended.signal.aborted) return;
      if (asking) {
        // The answer under way may be from before what the user has just done.
        isStale = true;
        return;
      }
      asking = true;
      let pause = every;
      try {
        const value = await load(ended.signal);
        if (ended.signal.aborted) return;
        backoff.reset();
        reachability.found();
        setState({ value, of: dependencies });
      } catch (error) {
        if (ended.signal.aborted || endIfRefused(error)) return;
        if (isTemporary(error)) {
          reachability.lost();
          pause = backoff.next();
        } else reachability.found();
        setState((before) => ({
          ...(before.of === dependencies && { value: before.value }),
          error,
          of: dependencies,
        }));
      } finally {
        asking = false;
        if (isStale) pause = 0;
        isStale = false;
        if (pause !== undefined && !ended.signal.aborted) timer = startTimer(() => void next(), pause);
      }
    };
    const next = async (): Promise<void> => {
      if (document.visibilityState === 'visible') await ask();
    };
    const onVisible = (): void => {
      if (every !== undefined) void next();
    };

    again.current = () => void ask();
    document.addEventListener('visibilitychange', onVisible);
    void ask();
    return () => {
      ended.abort();
      timer?.stop();
      reachability.found();
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, dependencies);

  const isCurrent = state.of === dependencies || sameList(state.of, dependencies);
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    reload: () => again.current(),
  };
}

function sameList(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((one, index) => Object.is(one, right[index]));
}
