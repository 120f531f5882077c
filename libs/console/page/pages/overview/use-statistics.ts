import { useState } from 'preact/hooks';
import { server } from '../../app/servers.js';
import { useFeed } from '../../parts/loading/use-feed.js';
import { record, type Recording } from './recording.js';

/** What the server samples of itself, as it comes. */
export interface LiveStatistics {
  readonly recording: Recording | undefined;
  /** Why nothing comes any more. */
  readonly failure: unknown;
}

/** Follows the statistics of the server. The client goes on by itself after a cut; the shell says that the server is away. */
export function useStatistics(): LiveStatistics {
  const [recording, setRecording] = useState<Recording | undefined>();
  const failure = useFeed(async (signal, alive) => {
    for await (const event of server('statistics').watchStatistics({ signal })) {
      alive();
      setRecording((known) => record(known, event));
    }
  }, []);
  return { recording, failure };
}
