import type { ConnectionChange, ConnectionGap } from '@millrace/client/browser';
import { useRef, useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { useFeed } from '../../parts/loading/use-feed.js';
import type { RegistryFilter } from './registry-filter.js';

/** Changes that are kept. */
export const MOST_CHANGES = 200;

/** From the first change to the next picture, in milliseconds: many come at once. */
const TOGETHER = 100;

/** One change, as it is listed. */
export interface ShownChange {
  /** Tells it from the others. */
  readonly number: number;
  /** When it happened; where the server does not say it, when it came. */
  readonly at: Date;
  readonly event: ConnectionChange | ConnectionGap;
}

/** What {@link useChanges} knows. */
export interface Changes {
  /** Newest first. */
  readonly changes: readonly ShownChange[];
  /** Whether the server has told what there is to begin with. */
  readonly isFollowing: boolean;
  /** Why it has ended for good. */
  readonly failure: unknown;
}

/**
 * Follows the changes of a partition that match, through cuts of the connection.
 *
 * @param onChange something has changed
 */
export function useChanges(partition: string, { pattern, dataType }: RegistryFilter, onChange: () => void): Changes {
  const [changes, setChanges] = useState<readonly ShownChange[]>([]);
  const [isFollowing, setFollowing] = useState(false);
  const heard = useRef(onChange);
  heard.current = onChange;

  const failure = useFeed(
    async (signal, alive) => {
      const { registry } = server('registry');
      let fresh: ShownChange[] = [];
      let number = 0;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const show = (): void => {
        const added = fresh;
        fresh = [];
        timer = undefined;
        setChanges((before) => [...added, ...before].slice(0, MOST_CHANGES));
        heard.current();
      };
      setChanges([]);
      setFollowing(false);
      try {
        const events = registry.watch(partition, {
          pattern: pattern || undefined,
          dataType: dataType || undefined,
          signal,
        });
        for await (const event of events) {
          alive();
          setFollowing(true);
          if (event.type === 'snapshot') {
            heard.current();
            continue;
          }
          number += 1;
          fresh.unshift({ number, at: event.type === 'gap' ? new Date() : new Date(event.time), event });
          if (fresh.length > MOST_CHANGES) fresh.pop();
          timer ??= setTimeout(show, TOGETHER);
        }
      } finally {
        clearTimeout(timer);
      }
    },
    [partition, pattern, dataType],
  );
  return { changes, isFollowing, failure };
}
