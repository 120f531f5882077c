import type { StreamNumbers } from '@millrace/client/browser';
import { useEffect, useRef, useState } from 'preact/hooks';
import { go, link, route } from '../../app/route.js';
import { Button } from '../../parts/controls/button.js';
import { DeleteStream } from '../../parts/controls/delete-stream.js';
import { Empty } from '../../parts/display/empty.js';
import { TextField } from '../../parts/controls/field.js';
import { count, rate } from '../../parts/formats/format.js';
import { Heading } from '../../parts/display/heading.js';
import { ShowLoaded } from '../../parts/loading/show-loaded.js';
import { useLoaded } from '../../parts/loading/use-loaded.js';
import { loadNumbers, STEP } from './load-numbers.js';
import { OpenStream } from './open-stream.js';
import { StreamTable } from './stream-table.js';

/** Milliseconds from an answer to the next question. */
const EVERY = 2000;
/** How long the user does not type before the server is asked, in milliseconds. */
const CALM = 250;

/** All streams with their numbers. */
export function StreamList() {
  const match = route.value.query.get('match') ?? '';
  const [typed, setTyped] = useState(match);
  const steps = useRef(1);
  const [deleting, setDeleting] = useState<StreamNumbers | undefined>();
  const loaded = useLoaded((signal) => loadNumbers(match, steps.current, signal), [match], { every: EVERY });

  useEffect(() => {
    if (typed === match) return undefined;
    const timer = setTimeout(() => {
      steps.current = 1;
      go(link(['streams'], { match: typed }), { replace: true });
    }, CALM);
    return () => clearTimeout(timer);
  }, [typed, match]);

  return (
    <>
      <Heading title="Streams" about="Named lists of entries, with what goes in and who reads.">
        <OpenStream names={loaded.value?.streams.map(({ name }) => name) ?? []} />
      </Heading>
      <search>
        <TextField
          label="Search streams by name"
          bare
          type="search"
          placeholder="Search: part of a name"
          value={typed}
          onInput={setTyped}
        />
      </search>
      <ShowLoaded of={loaded} what="the streams">
        {({ streams, more }) => (
          <>
            {streams.length === 0 ? (
              <Empty>
                {match
                  ? `No stream that you may read has “${match}” in its name.`
                  : 'There are no streams yet. One comes into being with its first entry: open it by its name and publish something.'}
              </Empty>
            ) : (
              <>
                <p class="soft">
                  <span role="status">
                    {count(streams.length)}
                    {more ? ' and more' : ''} {streams.length === 1 ? 'stream' : 'streams'}
                  </span>
                  , {rate(streams.reduce((sum, one) => sum + (one.rate ?? 0), 0))} together
                </p>
                <StreamTable streams={streams} onDelete={setDeleting} />
              </>
            )}
            {more && (
              <div class="row">
                <Button
                  onClick={() => {
                    steps.current += 1;
                    loaded.reload();
                  }}
                >
                  Load the next {count(STEP)}
                </Button>
                <span class="soft small">
                  Streams come in the order of their names; heads sort those that are loaded.
                </span>
              </div>
            )}
          </>
        )}
      </ShowLoaded>
      {deleting && (
        <DeleteStream
          stream={deleting.name}
          entries={deleting.entries}
          onDeleted={loaded.reload}
          onClose={() => setDeleting(undefined)}
        />
      )}
    </>
  );
}
