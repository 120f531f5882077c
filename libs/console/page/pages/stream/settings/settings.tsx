import { server } from '../../../app/servers.js';
import { may } from '../../../app/session.js';
import { Empty } from '../../../parts/display/empty.js';
import { ShowLoaded } from '../../../parts/loading/show-loaded.js';
import { useLoaded } from '../../../parts/loading/use-loaded.js';
import type { StreamViewProps } from '../views.js';
import { Endings } from './endings.js';
import { MetadataEditor } from './metadata-editor.js';
import { Retention } from './retention.js';
import { StreamFacts } from './stream-facts.js';

const EVERY = 5000;

/** What is known of a stream, and what can be changed about it. */
export default function Settings({ stream }: StreamViewProps) {
  const loaded = useLoaded((signal) => server('streams').streams.info(stream, { signal }), [stream], { every: EVERY });
  return (
    <ShowLoaded of={loaded} what="what is known of the stream">
      {(info) => (
        <>
          {!info.exists && (
            <Empty>
              This stream has had no entry yet. Metadata can be set all the same; bounds in it count from the first
              entry on.
            </Empty>
          )}
          {info.exists && <StreamFacts info={info} />}
          <Retention info={info} />
          <MetadataEditor
            stream={stream}
            metadata={info.metadata}
            mayWrite={may(`streams:write:${stream}`)}
            onSaved={loaded.reload}
          />
          <Endings info={info} onChanged={loaded.reload} />
        </>
      )}
    </ShowLoaded>
  );
}
