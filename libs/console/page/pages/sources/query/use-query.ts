import { useEffect, useRef, useState } from 'preact/hooks';
import { server } from '../../../app/servers.js';
import { endIfRefused } from '../../../app/session.js';

/** Rows that are kept; of further ones only the number is told. */
export const MOST_ROWS = 5000;

/** A query, and what has come of it. */
export interface QueryState {
  /** In the order in which they came. */
  readonly rows: readonly unknown[];
  /** How many have come, the ones that are not kept included. */
  readonly count: number;
  readonly end: 'none' | 'running' | 'complete' | 'stopped' | 'failed';
  readonly error?: unknown;
  /** How long it has taken, or takes already. */
  readonly milliseconds: number;
}

const NONE: QueryState = { rows: [], count: 0, end: 'none', milliseconds: 0 };

/** From one picture of a running query to the next, in milliseconds. */
const PICTURE = 100;

/** Runs queries of a source, one after the other. */
export function useQuery(source: string): {
  readonly state: QueryState;
  readonly run: (parameters: unknown, timeout: number | undefined) => Promise<void>;
  readonly stop: () => void;
} {
  const [state, setState] = useState(NONE);
  const running = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (parameters: unknown, timeout: number | undefined): Promise<void> => {
    const ending = new AbortController();
    running.current = ending;
    const { signal } = ending;
    const started = performance.now();
    const rows: unknown[] = [];
    let count = 0;
    const show = (end: QueryState['end'], error?: unknown): void =>
      setState({ rows: [...rows], count, end, milliseconds: performance.now() - started, error });
    show('running');
    const pictures = setInterval(() => show('running'), PICTURE);
    try {
      for await (const row of server('sources').sources.query(source, parameters, { timeout, signal })) {
        count += 1;
        if (rows.length < MOST_ROWS) rows.push(row);
      }
      clearInterval(pictures);
      show('complete');
    } catch (error) {
      clearInterval(pictures);
      if (signal.aborted) show('stopped');
      else if (!endIfRefused(error)) show('failed', error);
    }
  };

  return { state, run, stop: () => running.current?.abort() };
}
