import { Button } from '../../../parts/controls/button.js';
import { bytes, count } from '../../../parts/formats/format.js';
import type { LiveFeed } from './live-feed.js';

interface LiveStatusProps {
  readonly feed: LiveFeed;
  /** Since when it follows, in milliseconds since 1970. */
  readonly since: number;
  readonly onResume: () => void;
}

/** What came, and whether it is shown. */
export function LiveStatus({ feed, since, onResume }: LiveStatusProps) {
  const { taken, takenBytes, filtered, left, neverShown } = feed.counts.value;
  const isHeld = feed.isHeld.value;
  return (
    <div class="live-status">
      <span>
        <strong data-count="taken">{count(taken)}</strong> new {taken === 1 ? 'entry' : 'entries'} ({bytes(takenBytes)})
        since {new Date(since).toLocaleTimeString()}
      </span>
      {filtered > 0 && <span class="soft">{count(filtered)} held back by the filter</span>}
      {left > 0 && (
        <span class="soft">
          <span data-count="left">{count(left)}</span> have left the list to make room
          {neverShown > 0 && `, ${count(neverShown)} of them were not shown`}
        </span>
      )}
      {isHeld && (
        <span class="row">
          <span class="held">Stands still</span> <span data-count="waiting">{count(feed.waiting.value)}</span> new
          meanwhile
          <Button kind="plain" onClick={onResume}>
            Show the newest
          </Button>
        </span>
      )}
    </div>
  );
}
