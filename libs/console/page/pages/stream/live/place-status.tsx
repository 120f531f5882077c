import { useState } from 'preact/hooks';
import { Button } from '../../../parts/controls/button.js';
import { count } from '../../../parts/formats/format.js';
import type { LiveFeed } from './live-feed.js';
import { timeOfEntry } from './time-of-entry.js';

/** Which part of the stream is shown, and the way on to newer entries. */
export function PlaceStatus({ feed, ending }: { readonly feed: LiveFeed; readonly ending: AbortSignal }) {
  const [none, setNone] = useState(false);
  const items = feed.items.value;
  const [newest, oldest] = [items[0], items.at(-1)];
  const newer = async (): Promise<void> => {
    setNone((await feed.newer(ending)) === 0);
  };
  return (
    <div class="live-status">
      {newest && oldest && (
        <span>
          {count(items.length)} in the list, from {timeOfEntry(oldest.id, true)} to {timeOfEntry(newest.id, true)}. New
          ones are not followed.
        </span>
      )}
      <Button onClick={newer}>Show newer entries</Button>
      <span class="soft" role="status">
        {none && 'There are no newer ones at present.'}
      </span>
    </div>
  );
}
