import { startTimer, type Timer } from '@millrace/protocol';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Reachability } from '../../app/connection.js';
import { server } from '../../app/servers.js';
import { useFeed } from '../../parts/use-feed.js';
import { record, type Recording } from './recording.js';

/** After so many samples that did not come, the server counts as away. */
const MISSED = 2.5;
/** The same before it is known how often they come, in milliseconds. */
const FIRST = 10_000;

/** What the server samples of itself, as it comes. */
export interface LiveStatistics {
  readonly recording: Recording | undefined;
  /** Why nothing comes any more. */
  readonly failure: unknown;
}

/** Follows the statistics of the server. The client goes on by itself after a cut, so silence is what tells of one. */
export function useStatistics(): LiveStatistics {
  const [recording, setRecording] = useState<Recording | undefined>();
  const heard = useSilence(recording?.interval);
  const failure = useFeed(async (signal, alive) => {
    for await (const event of server('statistics').watchStatistics({ signal })) {
      alive();
      heard();
      setRecording((known) => record(known, event));
    }
  }, []);
  return { recording, failure };
}

/** Says that the server is away when nothing was heard for too long. @returns to be called for what is heard */
function useSilence(interval: number | undefined): () => void {
  const reachability = useRef<Reachability | undefined>(undefined);
  const timer = useRef<Timer | undefined>(undefined);
  const patience = useRef(FIRST);
  patience.current = interval === undefined ? FIRST : interval * MISSED;

  const listen = (): void => {
    timer.current?.stop();
    timer.current = startTimer(() => reachability.current?.lost(), patience.current);
  };
  useEffect(() => {
    reachability.current = new Reachability();
    listen();
    return () => {
      timer.current?.stop();
      reachability.current?.found();
    };
  }, []);
  return () => {
    reachability.current?.found();
    listen();
  };
}
