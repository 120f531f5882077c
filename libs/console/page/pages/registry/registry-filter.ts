import { useEffect, useState } from 'preact/hooks';
import { go, link, route } from '../../app/route.js';

/** Which entries of a partition are shown. */
export interface RegistryFilter {
  /** What the whole name must match; empty for all. */
  readonly pattern: string;
  /** Empty for all. */
  readonly dataType: string;
  /** Whether expired entries are left out. */
  readonly liveOnly: boolean;
}

/** After the last letter, until the server is asked, in milliseconds. */
const TYPING = 300;

/** The filter of the address, and how it is changed; what is being typed gets there after a moment. */
export function useFilter(partition: string): {
  readonly filter: RegistryFilter;
  readonly typed: RegistryFilter;
  readonly change: (changes: Partial<RegistryFilter>) => void;
} {
  const { query } = route.value;
  const pattern = query.get('pattern') ?? '';
  const dataType = query.get('type') ?? '';
  const liveOnly = query.get('show') === 'live';
  const [typed, setTyped] = useState<RegistryFilter>({ pattern, dataType, liveOnly });

  useEffect(() => setTyped({ pattern, dataType, liveOnly }), [pattern, dataType, liveOnly]);
  useEffect(() => {
    const timer = setTimeout(() => {
      const show = typed.liveOnly ? 'live' : undefined;
      const href = link(['registry', partition], { pattern: typed.pattern, type: typed.dataType, show });
      if (typed.pattern !== pattern || typed.dataType !== dataType || typed.liveOnly !== liveOnly)
        go(href, { replace: true });
    }, TYPING);
    return () => clearTimeout(timer);
  }, [typed]);

  return {
    filter: { pattern, dataType, liveOnly },
    typed,
    change: (changes) => setTyped((before) => ({ ...before, ...changes })),
  };
}
