import { useEffect, useState } from 'preact/hooks';
import { ShowLoaded } from '../../../parts/loading/show-loaded.js';
import { Empty } from '../../../parts/display/empty.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import { server } from '../../../app/servers.js';
import type { StreamViewProps } from '../views.js';
import { ReplayForm } from './replay-form.js';
import { type ReplayOptions, ReplayRun } from './replay-run.js';
import { ReplayStatus } from './replay-status.js';

/** Sends a range of the stream into another one. */
export default function Replay({ stream }: StreamViewProps) {
  const loaded = useLoaded((signal) => server('streams').streams.info(stream, { signal }), [stream], { every: 5000 });
  const [run, setRun] = useState<ReplayRun | undefined>();
  const state = run?.state.value;
  const isRunning = state === 'running' || state === 'paused';

  useEffect(() => () => run?.stop(), [run]);
  useEffect(() => {
    if (!isRunning) return undefined;
    const ask = (event: Event): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [isRunning]);

  const start = (options: ReplayOptions): void => {
    const next = new ReplayRun(options);
    setRun(next);
    void next.run();
  };

  return (
    <ShowLoaded of={loaded} what="what is known of the stream">
      {(info) =>
        info.firstEntry === undefined || info.lastEntry === undefined ? (
          <Empty>This stream has no entries that could be replayed.</Empty>
        ) : (
          <>
            <ReplayForm
              info={info}
              first={info.firstEntry}
              last={info.lastEntry}
              isRunning={isRunning}
              onStart={start}
            />
            {run && <ReplayStatus run={run} />}
          </>
        )
      }
    </ShowLoaded>
  );
}
