import { Backoff, pause } from '@millrace/protocol';
import { useEffect, useState } from 'preact/hooks';
import { Reachability } from '../../app/connection.js';
import { endIfRefused } from '../../app/session.js';
import { isTemporary } from './is-temporary.js';

/**
 * Follows something until the component goes away, and again after each cut.
 *
 * @param follow runs until the signal aborts or the feed ends; it calls `alive` whenever something has come
 * @param dependencies ends it and begins anew when one of them changes
 * @returns why it has ended for good, such as a refusal
 */
export function useFeed(
  follow: (signal: AbortSignal, alive: () => void) => Promise<void>,
  dependencies: readonly unknown[],
): unknown {
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const reachability = new Reachability();
    const backoff = new Backoff({ initial: 250, max: 5000 });
    const alive = (): void => {
      backoff.reset();
      reachability.found();
    };
    setFailure(undefined);

    const run = async (): Promise<void> => {
      for (;;) {
        try {
          await follow(signal, alive);
          return;
        } catch (error) {
          if (signal.aborted || endIfRefused(error)) return;
          if (!isTemporary(error)) {
            setFailure(error);
            return;
          }
          reachability.lost();
          await pause(backoff.next(), signal);
          if (signal.aborted) return;
        }
      }
    };
    void run();
    return () => {
      ended.abort();
      reachability.found();
    };
  }, dependencies);
  return failure;
}
